-- What of the base library calls back into Lua. It is handed a table of functions, and puts its own there.
local native = ...
local pcall, xpcall, error, type = native.pcall, native.xpcall, native.error, native.type
local compile, concat = native.compile, native.concat

local function as_it_is(value)
  return value
end

-- `load`: `name` is a string already.
function native.load(read, name)
  local parts, count = {}, 0
  while true do
    local ok, part = xpcall(read, as_it_is)
    if not ok then
      return nil, part
    end
    if part == nil or part == '' then
      return compile(concat(parts, count), name)
    end
    local kind = type(part)
    if kind ~= 'string' and kind ~= 'number' then
      local _, message = pcall(error, 'reader function must return a string', 3)
      return nil, message
    end
    count = count + 1
    parts[count] = part
  end
end

-- `tostring` of a value with a metamethod for it: one result, whatever that returns.
function native.tostring(value, show)
  return (show(value))
end
