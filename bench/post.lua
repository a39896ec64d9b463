-- wrk: each request a new event. BATCH=n posts n events as NDJSON.
-- TOKEN is the principal's, if any.
local token = os.getenv("TOKEN") or ""
local batch = tonumber(os.getenv("BATCH") or "1")
local thread_count = 0

function setup(thread)
	thread:set("id", thread_count)
	thread_count = thread_count + 1
end

local n = 0
local run = tostring(os.time())
local function event()
	n = n + 1
	local ref = string.format("B%s-%d-%d", run, id, math.floor(n / 6))
	return string.format(
		'{"v":1,"kind":"ticket.reported","occurred_ms":%d,"event_id":"%s/%d","source_order":%d,"municipality":"1489",' ..
		'"body":{"ref":"%s","status":"in_progress","support_line":%d,"group":"VGR Applikation","priority":"P3",' ..
		'"type":"incident","channel":"api","assigned":true,"opened_ms":%d}}',
		1790000000000 + n * 1000, ref, n % 6, n % 6, ref, 1 + n % 2, 1790000000000)
end

local function headers(kind)
	local h = {["Content-Type"] = kind}
	if token ~= "" then
		h["Authorization"] = "Bearer " .. token
	end
	return h
end

function request()
	if batch == 1 then
		return wrk.format("POST", "/api/v1/events", headers("application/json"), event())
	end
	local lines = {}
	for i = 1, batch do
		lines[i] = event()
	end
	return wrk.format("POST", "/api/v1/events", headers("application/x-ndjson"), table.concat(lines, "\n"))
end
