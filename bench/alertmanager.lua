-- wrk: alerts as Alertmanager sends them, five thousand different ones, over and over. BATCH=n puts n into a request.
-- PEER=alertmanager: the same alerts as Alertmanager itself takes them. TOKEN is the principal's, if any.
local token = os.getenv("TOKEN") or ""
local batch = tonumber(os.getenv("BATCH") or "1")
local to_peer = os.getenv("PEER") == "alertmanager"
local thread_count = 0

function setup(thread)
	thread:set("id", thread_count)
	thread_count = thread_count + 1
end

local function alert(n)
	return string.format(
		'{%s"labels":{"alertname":"NodeFilesystemAlmostOutOfSpace","cluster":"prod","device":"/dev/sd%s","instance":"node-%04d:9100",' ..
		'"job":"node","severity":"warning"},"annotations":{"description":"Filesystem on node-%04d:9100 has only 4.21%% left.",' ..
		'"summary":"Filesystem has less than 5%% space left."},"startsAt":"2026-01-02T03:04:05.678Z","endsAt":"%s",' ..
		'"generatorURL":"http://prometheus.example:9090/graph?g0.expr=node_filesystem_avail_bytes%s"}',
		to_peer and "" or '"status":"firing",', string.char(97 + n % 26), n, n, to_peer and "2036-01-02T03:04:05Z" or "0001-01-01T00:00:00Z",
		to_peer and "" or string.format('","fingerprint":"%016x', n))
end

local requests = {}
function init()
	local headers = {["Content-Type"] = "application/json"}
	if token ~= "" then
		headers["Authorization"] = "Bearer " .. token
	end
	for first = 0, 4999, batch do
		local alerts = {}
		for i = 1, batch do
			alerts[i] = alert(first + i - 1)
		end
		alerts = "[" .. table.concat(alerts, ",") .. "]"
		if to_peer then
			requests[#requests + 1] = wrk.format("POST", "/api/v2/alerts", headers, alerts)
		else
			requests[#requests + 1] = wrk.format("POST", "/api/v1/hooks/alertmanager", headers, '{"receiver":"vinga","status":"firing","alerts":' ..
				alerts .. ',"groupLabels":{"alertname":"NodeFilesystemAlmostOutOfSpace"},"commonLabels":{},"commonAnnotations":{},' ..
				'"externalURL":"http://alertmanager.example:9093","version":"4","groupKey":"{}:{}","truncatedAlerts":0}')
		end
	end
end

local n = 0
function request()
	n = n + 1
	return requests[(n + id * 17) % #requests + 1]
end
