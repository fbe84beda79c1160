-- Work for a Lua interpreter that moves between ISAs: tables, strings,
-- closures, coroutines, pattern matching, mathematics, errors, garbage
-- collection.  Deterministic: prints the same text on every run.
local rounds = tonumber(arg and arg[1]) or 20

local function checksum(text)
  local a, b = 1, 0
  for i = 1, #text do
    a = (a + text:byte(i)) % 65521
    b = (b + a) % 65521
  end
  return b << 16 | a
end

local function tables(n)
  local t, index = {}, {}
  for i = 1, n do
    t[i] = { key = string.format("k%05d", (i * 7919) % n), value = i ^ 0.5 }
  end
  table.sort(t, function(x, y)
    if x.key == y.key then return x.value < y.value end
    return x.key < y.key
  end)
  for i, e in ipairs(t) do index[e.key] = (index[e.key] or 0) + e.value * i end
  local names = {}
  for k in pairs(index) do names[#names + 1] = k end
  table.sort(names)
  local sum = 0
  for i, k in ipairs(names) do sum = sum + index[k] * (i % 7) end
  table.move(t, 1, 10, 5)
  return ("%.9g %s"):format(sum, t[7].key)
end

local function strings(n)
  local parts = {}
  for i = 1, n do
    parts[#parts + 1] = ("%d:%x:%s;"):format(i, i * i, ("ab"):rep(i % 5))
  end
  local s = table.concat(parts)
  local upper = s:gsub("%a+", function(w) return w:upper():reverse() end)
  local count = 0
  for a, b in s:gmatch("(%d+):(%x+)") do
    if tonumber(a) * tonumber(a) == tonumber(b, 16) then count = count + 1 end
  end
  local p = string.pack("<i4 d z", n, n / 3, upper:sub(1, 9))
  local i, d, z = string.unpack("<i4 d z", p)
  return ("%d %d %08x %d %.12g %s"):format(#upper, count, checksum(upper), i, d, z)
end

local function closures(n)
  local function counter(step)
    local c = 0
    return function() c = c + step return c end
  end
  local list = {}
  for i = 1, n do list[i] = counter(i) end
  local sum = 0
  for r = 1, 5 do
    for i = 1, n do sum = sum + list[i]() * r end
  end
  return sum
end

local function coroutines(n)
  local function producer(limit)
    return coroutine.wrap(function()
      local a, b = 0, 1
      for i = 1, limit do
        coroutine.yield(a)
        a, b = b, (a + b) % 1000003
      end
    end)
  end
  local function tree(depth, visit)
    if depth > 0 then
      tree(depth - 1, visit)
      visit(depth)
      tree(depth - 1, visit)
    end
  end
  local sum = 0
  for v in producer(n) do sum = (sum * 31 + v) % 1000000007 end
  for d in coroutine.wrap(function() tree(7, coroutine.yield) end) do
    sum = (sum * 3 + d) % 1000000007
  end
  local co = coroutine.create(function(...)
    local x = ...
    while true do
      local ok, e = pcall(function()
        x = coroutine.yield(x * 2)
        if x % 3 == 0 then error({ code = x }) end
      end)
      if not ok then sum = sum + e.code end
    end
  end)
  for i = 1, n // 10 do
    local _, v = coroutine.resume(co, i)
    sum = sum + v
  end
  return sum
end

local function mathematics(n)
  local pi, sign = 0.0, 1.0
  for i = 0, n do
    pi = pi + sign / (2 * i + 1)
    sign = -sign
  end
  local x = 0.5
  for _ = 1, n // 4 do x = 3.9 * x * (1 - x) end
  local trig = 0
  for i = 1, n // 20 do
    trig = trig + math.sin(i) * math.cos(i / 2) + math.sqrt(i) - math.log(i + 1)
  end
  local g, b = 0, n * 12
  for a = 1, 200 do
    local p, q = a, b
    while q ~= 0 do p, q = q, p % q end
    g = g + p
  end
  return ("%.14g %.14g %.10g %d %d %s"):format(pi * 4, x, trig, g,
    n // -7, tostring(2 ^ 53 == 2 ^ 53 + 1))
end

local function errors(n)
  local caught, depth = 0, 0
  local function deep(k)
    if k == 0 then error("bottom", 0) end
    return deep(k - 1) + 1
  end
  for i = 1, n do
    local ok, e = pcall(deep, i % 40)
    if not ok and e == "bottom" then caught = caught + 1 end
    local ok2, e2 = xpcall(function() return nil + i end, function(m)
      return m:match(":%d+: (.*)$")
    end)
    if not ok2 then depth = depth + #e2 end
  end
  return caught .. " " .. depth
end

local Vector = {}
Vector.__index = Vector
Vector.__add = function(a, b)
  return setmetatable({ x = a.x + b.x, y = a.y + b.y }, Vector)
end
Vector.__tostring = function(v) return ("(%g,%g)"):format(v.x, v.y) end
Vector.__close = function(v) Vector.closed = (Vector.closed or 0) + 1 end

local function objects(n)
  local v = setmetatable({ x = 0, y = 0 }, Vector)
  for i = 1, n do
    local step <close> = setmetatable({ x = i, y = -i / 2 }, Vector)
    v = v + step
  end
  local chunk = assert(load("local a, b = ... ; return a * b + 1, _VERSION"))
  local product, version = chunk(6, 7)
  return tostring(v) .. " " .. Vector.closed .. " " .. product .. " " .. version
end

for round = 1, rounds do
  print(round, "tables", tables(200 + round))
  print(round, "strings", strings(60 + round))
  print(round, "closures", closures(50 + round))
  print(round, "coroutines", coroutines(300 + round))
  print(round, "maths", mathematics(2000 + round))
  print(round, "errors", errors(60 + round))
  print(round, "objects", objects(100 + round))
  if round % 5 == 0 then collectgarbage() end
end
print("collected", collectgarbage("count") > 0)
io.stdout:write("last line without a newline")
