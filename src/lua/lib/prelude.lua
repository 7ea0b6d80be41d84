-- What calls back into Lua. Names are looked up once, so that no script changes how these work.
local helpers = ...
local next = next
local foreach_start, foreachi_start = helpers.foreach_start, helpers.foreachi_start
local raw_get = helpers.raw_get
local sort_start, sort_failed, sort_end = helpers.sort_start, helpers.sort_failed, helpers.sort_end
local gsub, gsub_next, gsub_captures = helpers.gsub, helpers.gsub_next, helpers.gsub_captures

function table.foreach(...)
  local list, visit = foreach_start(...)
  for key, value in next, list do
    local result = visit(key, value)
    if result ~= nil then
      return result
    end
  end
end

function table.foreachi(...)
  local list, visit, length = foreachi_start(...)
  for index = 1, length do
    local result = visit(index, raw_get(list, index))
    if result ~= nil then
      return result
    end
  end
end

function string.gsub(...)
  local walk, count, replacement, calls = gsub(...)
  if count then
    return walk, count
  end
  local value
  while true do
    local more, result, done = gsub_next(walk, value)
    if not more then
      return result, done
    end
    if calls then
      value = replacement(gsub_captures(walk))
    else
      value = replacement[gsub_captures(walk)]
    end
  end
end

-- The quicksort of ltablib.c, which compares the same elements in the same order; what is still to be
-- sorted stands on a list instead of the C stack.
function table.sort(...)
  local list, upper, order = sort_start(...)
  local less = order or function(a, b) return a < b end
  local lower, waiting, count = 1, {}, 0
  while true do
    local middle = 0
    if lower < upper then
      if less(list[upper], list[lower]) then
        list[lower], list[upper] = list[upper], list[lower]
      end
      if upper - lower > 1 then
        middle = lower + upper
        middle = (middle - middle % 2) / 2
        if less(list[middle], list[lower]) then
          list[middle], list[lower] = list[lower], list[middle]
        elseif less(list[upper], list[middle]) then
          list[middle], list[upper] = list[upper], list[middle]
        end
      end
    end
    if upper - lower > 2 then
      local pivot = list[middle]
      list[middle], list[upper - 1] = list[upper - 1], pivot
      local up, down = lower, upper - 1
      while true do
        up = up + 1
        while less(list[up], pivot) do
          if up > upper then
            sort_failed()
          end
          up = up + 1
        end
        down = down - 1
        while less(pivot, list[down]) do
          if down < lower then
            sort_failed()
          end
          down = down - 1
        end
        if down < up then
          break
        end
        list[up], list[down] = list[down], list[up]
      end
      list[upper - 1], list[up] = list[up], list[upper - 1]
      -- The smaller part first.
      count = count + 2
      if up - lower < upper - up then
        waiting[count - 1], waiting[count] = up + 1, upper
        upper = up - 1
      else
        waiting[count - 1], waiting[count] = lower, up - 1
        lower = up + 1
      end
    elseif count > 0 then
      lower, upper = waiting[count - 1], waiting[count]
      count = count - 2
    else
      break
    end
  end
  sort_end(list, ...)
end
