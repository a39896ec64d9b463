-- wrk: each request a new agent's batch of 1,000 samples, one a second, of one probe; a probe gets eighty batches,
-- so that time goes forward within it. TOKEN is the principal's. NOW_MS: the newest sample is not after it.
local token = os.getenv("TOKEN") or ""
local first = math.floor(tonumber(os.getenv("NOW_MS") or "0") / 1000000) - 81
local thread_count = 0

function setup(thread)
	thread:set("id", thread_count)
	thread_count = thread_count + 1
end

local samples = {}
for i = 0, 999 do
	samples[i + 1] = string.format('["@P",@T%03d000,"ok",%d]', i, i % 90)
end
samples = table.concat(samples, ",")

local headers = {["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. token}
local n = 0

function request()
	local names = {["@P"] = string.format("p%d-%d", id, math.floor(n / 80)), ["@T"] = tostring(first + n % 80)}
	n = n + 1
	return wrk.format("POST", "/api/v1/agents/batches", headers, string.format(
		'{"boot_id":"%032x","batch":%d,"sent_ms":%d,"samples":[%s]}', id + 1, n, first * 1000000, samples:gsub("@[PT]", names)))
end
