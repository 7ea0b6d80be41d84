--- chance of a server that has just started [fresh]
>>> EVAL << 0
return {tostring(math.random()), tostring(math.random()), math.random(1000)}
>>> EVAL "return tostring(math.random())" 0
>>> SCRIPT FLUSH
>>> EVAL "return tostring(math.random())" 0
