-- Allocation-heavy work for the interpreter: a table of long-lived objects, short-lived trees, strings, then rework.
local seed = 42
local function random(bound)
  seed = (seed * 16807) % 2147483647
  return seed % bound + 1
end

local people = {}
for i = 1, 120000 do
  people[i] = { id = i, name = "person " .. i, score = random(1000), friends = {} }
end
for i = 1, 200000 do
  local a = people[random(#people)]
  a.friends[#a.friends + 1] = random(#people)
end

local function tree(depth)
  if depth == 0 then return {} end
  return { tree(depth - 1), tree(depth - 1) }
end
local function count(t)
  return t[1] and 1 + count(t[1]) + count(t[2]) or 1
end
local nodes = 0
for _ = 1, 12 do nodes = nodes + count(tree(14)) end

local sum = 0
for _ = 1, 400000 do
  -- The cube makes some people far more popular than others.
  local u = random(1000000) / 1000000
  local person = people[math.floor(u * u * u * (#people - 1)) + 1]
  for _, friend in ipairs(person.friends) do sum = sum + people[friend].score end
end

table.sort(people, function(a, b)
  if a.score ~= b.score then return a.score < b.score end
  return a.id < b.id
end)

local index = {}
for _, person in ipairs(people) do
  local key = person.name:sub(-3)
  index[key] = (index[key] or "") .. (#(index[key] or "") < 2000 and person.name or "")
end
for i = 1, 300000 do
  local u = random(1000000) / 1000000
  local person = people[#people - math.floor(u * u * u * (#people - 1))]
  person.score = person.score + i % 7
end
print(nodes, sum, #people)
