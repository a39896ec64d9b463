/* Alarms by mapping files: the shipped ones over payloads of the products that they are for, each
 * with the notice that a person reads in it, and small ones over what is wrong in one way each. */
#include "tests/unit/mapping_support.h"

#include "lib/civil/civil.h"
#include "lib/json/document.h"
#include "lib/mapping/mapped_name.h"

#include <time.h>

#define PAYLOADS VG_TEST_DATA "/alarm-webhooks/"
#define SHARED	 VG_SOURCE_DIR "/../shared/data/alarm-webhooks/" /* not ours to ship */
#define NOW_MS	 INT64_C(1790000000000)

struct told {
	char text[16384];
	size_t used;
	char payload[8192];
	bool detail; /* is told too */
};

static void __attribute__((format(printf, 2, 3))) say(struct told *told, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(told->text + told->used, sizeof(told->text) - told->used, format, args);
	va_end(args);
	assert_true(n >= 0 && (size_t)n < sizeof(told->text) - told->used);
	told->used += (size_t)n;
}

/* "resource | type | qualifier | severity category [transient] | time [since] | text" */
static void
say_notice(struct told *told, const struct vg_mapped_row *row)
{
	const struct vg_notice *notice = row->event.body.notices.notice;
	time_t at = notice->at_ms / 1000;
	char when[32] = "-";
	struct tm tm;

	assert_int_equal(row->event.kind, VG_KIND_ALARMS_REPORTED);
	assert_int_equal(row->event.body.notices.count, 1);
	assert_int_equal(notice->count, 1);
	assert_true(notice->at_ms == notice->last_ms);
	assert_true(strlen(notice->detail) <= VG_NOTICE_DETAIL_MAX);
	if (notice->at_ms != 0)
		assert_true(strftime(when, sizeof(when), "%FT%TZ", gmtime_r(&at, &tm)) > 0);
	say(told, "%s | %s | %s | %s %s%s | %s%s | %s\n", notice->resource, notice->type,
	    notice->qualifier, vg_severity_words[notice->severity],
	    vg_alarm_category_words[notice->category], notice->transient ? " transient" : "", when,
	    row->since ? " since" : "", notice->text);
	if (*notice->service != '\0' || *notice->municipality != '\0')
		say(told, "  of %s %s\n", notice->service, notice->municipality);
	if (told->detail)
		say(told, "[%s]\n", notice->detail);
}

static bool
tell(const struct vg_mapped_row *row, void *arg)
{
	struct told *told = arg;

	if (row->outcome == VG_MAPPED_EVENT)
		say_notice(told, row);
	else if (row->outcome == VG_MAPPED_IGNORED)
		say(told, "ignored%s%s\n", row->title != NULL ? ": " : "",
		    row->title != NULL ? row->title : "");
	else
		say(told, "%s %s '%s': %s\n",
		    row->outcome == VG_MAPPED_QUARANTINE ? "waits" : "malformed", row->field,
		    row->value, row->reason);
	if (row->outcome == VG_MAPPED_QUARANTINE) {
		assert_int_equal(strncmp(row->event.event_id, "quarantine:", 11), 0);
		(void)snprintf(told->payload, sizeof(told->payload), "%s", row->payload);
	}
	return true;
}

static void
map(const struct vg_mapping *mapping, const char *bytes, struct told *told)
{
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, NULL);

	assert_non_null(run);
	vg_mapping_alarms(run, bytes, strlen(bytes), NOW_MS, tell, told);
	vg_mapping_run_free(run);
}

static void
expect(const struct vg_mapping *mapping, const char *bytes, const char *want)
{
	struct told told = {.used = 0};

	map(mapping, bytes, &told);
	assert_string_equal(told.text, want);
}

/* NULL = there is no such file. */
static char *
read_file(const char *directory, const char *name)
{
	char path[600];
	char *bytes;
	size_t used;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s%s", directory, name);
	if ((f = fopen(path, "rb")) == NULL)
		return NULL;
	bytes = calloc(1, 1 << 20);
	assert_non_null(bytes);
	used = fread(bytes, 1, (1 << 20) - 1, f);
	assert_true(used > 0 && fclose(f) == 0);
	return bytes;
}

/* --- payloads of the products --- */

struct payload {
	const char *mapping, *file;
	const char *part; /* path of the payload in the file; NULL = the file is one */
	const char *want;
};

static const struct payload shipped[] = {
	{"azure", "alerta-classic-metric-alert-2.json", NULL,
	 "helixtest1 | Alert_1_runscope12 |  | indeterminate performance | 2015-09-18T01:02:35Z | "
	 "desc\n"},
	{"azure", "alerta-new-metric-alert-2.json", NULL,
	 "web01 | CpuUtilHigh |  | cleared performance | 2019-02-27T14:10:35Z | Percentage CPU\n"},
	{"cloudwatch", "alerta-cloudwatch-insufficient-data.json", NULL,
	 "alerta-test | notificationCountAlarm |  | indeterminate other | 2019-05-13T08:41:43Z | "
	 "Insufficient Data: 10 datapoints were unknown.\n"},
	{"cloudwatch", "aws-cloudwatch-alarm-sns-payload-single-metric.json", NULL,
	 "testinstance | EXAMPLE |  | major other | 2015-06-03T17:43:27Z | Threshold Crossed: 1 "
	 "out of the last 1 datapoints [1234.0 (06/03/15 17:43:27)] was greater than the threshold "
	 "(0.0) (minimum 1 datapoint for OK -> ALARM transition).\n"},
	{"cloudwatch", "aws-sns-event.json", NULL,
	 "arn:aws:sns:example | TestInvoke |  | indeterminate other transient | "
	 "2015-06-03T17:43:27Z | Hello from SNS!\n"},
	{"cloudwatch", "keep-cloudwatch.json", "high_cpu_usage.payload",
	 "highcpuusage | HighCPUUsage |  | minor other | - | CPU utilization is above 90% "
	 "threshold\n"},
	{"cloudwatch", "keep-cloudwatch.json", "high_memory_usage.payload",
	 "highmemoryusage | HighMemoryUsage |  | major other | - | Memory utilization is above "
	 "85% threshold\n"},
	{"cloudwatch", "keep-cloudwatch.json", "high_error_rate.payload",
	 "apierrorrate | APIErrorRate |  | critical other | - | API error rate exceeds 5% "
	 "threshold\n"},
	{"grafana", "alerta-grafana-alert-alerting.json", NULL,
	 "zeta cpu alert | grafana-alert | 7 | indeterminate other | - since | boom!\n"},
	{"grafana", "alerta-grafana-alert-ok.json", NULL,
	 "zeta cpu alert | grafana-alert | 7 | cleared other | - | boom!\n"},
	{"grafana", "alerta-grafana-example.json", NULL,
	 "load peaking! | grafana-alert | 1 | indeterminate other | - since | Load is peaking. "
	 "Make sure the traffic is real and spin up more webfronts\n"},
	{"grafana", "goalert-grafana1.json", NULL,
	 "bob | grafana-alert | 1 | indeterminate other | - since | test\n"},
	{"grafana", "keep-grafana.json", "HighMemoryConsumption.payload",
	 "high memory usage | grafana-alert |  | warning other | - since | Memory Usage High on {{ "
	 "host.name }}\n"},
	{"grafana", "keep-grafana.json", "NetworkLatencyIsHigh.payload",
	 "network latency high | grafana-alert |  | indeterminate other | - since | Network "
	 "Latency High on {{ host.name }}\n"},
	{"graylog", "alerta-graylog-notification.json", NULL,
	 "test | MESSAGE_COUNT | 5e7a9c8d-9bb1-47b6-b8db-4a3a83a25e0c | indeterminate other "
	 "transient | 2015-09-10T09:45:54Z | Stream had 2 messages in the last 1 minutes with "
	 "trigger condition more than 1 messages. (Current grace time: 1 minutes)\n"},
	{"graylog", "keep-graylog.json", NULL,
	 "server | Event - 1 |  | major other transient | 2024-10-24T10:22:04Z | Event - 1\n"},
	{"pagerduty", "alerta-pagerduty-alert.json", NULL,
	 "service | incident | PIJ90N7 | indeterminate other | 2013-07-09T20:25:44Z | 45645\n"
	 "service | incident | PIJ90N7 | cleared other | 2013-07-09T20:25:45Z | 45645\n"},
	{"pagerduty", "pagerduty-webhook-0.json", NULL,
	 "production xdb cluster | incident | PRORDTY | major other | 2017-09-26T15:14:36Z | My "
	 "new incident\n"},
	{"sentry", "alerta-payload-sentry.json", NULL,
	 "alerta5 | application-error | 541485531 | major other transient | - | This is an example "
	 "Python exception in raven.scripts.runner in main\n"},
	{"sentry", "alerta-payload-v9-sentry.json", NULL,
	 "internal | application-error | 5 | major other transient | - | This is an example Python "
	 "exception in raven.scripts.runner in main\n"},
	{"sentry", "keep-sentry.json", "browser_timeout.payload",
	 "frontend-app | application-error | 4616132097 | major other transient | - | Failed to "
	 "fetch user profile: NetworkError: Server responded with 504 Gateway Timeout in "
	 "fetchUserProfile at app.js:245\n"},
	{"sentry", "keep-sentry.json", "server_overload.payload",
	 "frontend-app | application-error | 4616132098 | major other transient | - | Order "
	 "submission failed: Server responded with 503 Service Unavailable - System under heavy "
	 "load in submitOrder at checkout.js:178\n"},
	{"sentry", "keep-sentry.json", "database_timeout.payload",
	 "frontend-app | application-error | 4616132099 | major other transient | - | Failed to "
	 "load product catalog: Server responded with 502 Bad Gateway - Database connection "
	 "timeout "
	 "in loadProductCatalog at products.js:89\n"},
	{"pingdom", "alerta-pingdom-down.json", NULL,
	 "api.alerta.io | service-down | 803318 | major availability | 2017-06-30T22:25:43Z | "
	 "Alerta API on OpenShift: HTTP Error 503: HTTP Server Error 503 Service Unavailable\n"},
	{"riemann", "alerta-riemann-alert.json", NULL,
	 "hostbob/servicejane | check-failed |  | cleared other | - | This is a description\n"},
	{"stackdriver", "alerta-stackdriver-open.json", NULL,
	 "webserver-85 | Webserver Health | CPU usage | indeterminate other | 2017-07-06T19:10:14Z "
	 "since | CPU (agent) for webserver-85 is above the threshold of 1% with a value of "
	 "28.5%\n"},
	{"site24x7", "goalert-site24x71.json", NULL,
	 "goalert site24x7 test | service-down |  | major availability | 2019-07-30T09:36:59Z | "
	 "Internal Server Error\n"},
	{"axiom", "keep-axiom.json", NULL,
	 "rxg89niwu9wwrosjka | monitor |  | minor other | 2025-02-15T14:59:03Z | Triggered: New "
	 "monitor: Event Matched\n"},
	{"checkly", "keep-checkly.json", NULL,
	 "api check #1 | service-down |  | cleared availability | - | API Check #1 has "
	 "recovered\n"},
	{"checkmk", "keep-checkmk.json", NULL,
	 "server1 | host-down |  | cleared availability | - | Packet received via smart PING\n"},
	{"datadog", "keep-datadog.json", "high_cpu_usage.payload",
	 "high cpu usage | High CPU Usage | 1234567890 | minor other | - | CPU usage is over 90% "
	 "on {{host.name}}.\n"},
	{"datadog", "keep-datadog.json", "low_disk_space.payload",
	 "low disk space | Low Disk Space | 1234567891 | warning other | - | Disk space is below "
	 "20% on {{host.name}}.\n"},
	{"datadog", "keep-datadog.json", "mq_consumer_struggling.payload",
	 "mq consumer is struggling | MQ Consumer Is Struggling | 1234567891 | warning other | - | "
	 "MQ Consumer is processing less than 10 messages per second on {{host.name}}.\n"},
	{"librenms", "keep-libre-nms.json", NULL,
	 "10.10.1.147 | host-down |  | cleared availability | 2025-03-04T10:01:41Z | Device "
	 "10.10.1.147 recovered from Devices up/down\n"},
	{"signalfx", "keep-signalfx.json", "simulate.payload",
	 "logs | sf.org.log.numMessagesDroppedThrottle | logs | critical other | - | The value of "
	 "sf.org.log.numMessagesDroppedThrottle is below 1.\n"},
	{"wazuh", "keep-wazuh.json", NULL,
	 "wazuh | security-event | New dpkg (Debian Package) installed. | indeterminate security "
	 "transient | - | New dpkg (Debian Package) installed.\n"},
};

#define DEMONSTRATION "This alert was sent by user for demonstration purposes"

static const struct payload elsewhere[] = {
	{"elastalert", "oncall-elastalert.json", NULL,
	 "elastalert | match |  | indeterminate other transient | - | " DEMONSTRATION "\n"},
	{"formatted-webhook", "oncall-formatted-webhook.json", NULL,
	 "testalert: the whole system is down | alert | 08d6891a-835c-e661-39fa-96b6a9e26552 | "
	 "indeterminate other | - | TestAlert: The whole system is down: " DEMONSTRATION
	 " Smth happened. Oh no!\n"},
	{"grafana", "oncall-grafana.json", NULL,
	 "testalert | TestAlert |  | indeterminate other | 2018-12-25T15:47:47Z since "
	 "| " DEMONSTRATION "\n"},
	{"grafana", "oncall-legacy-grafana-alerting.json", NULL,
	 "testalert | TestAlert |  | indeterminate other | 2018-12-25T15:47:47Z since "
	 "| " DEMONSTRATION "\n"},
	{"inbound-email", "oncall-inbound-email.json", NULL,
	 "inbound-email | mail | Test email subject | indeterminate other transient | - | Test "
	 "email subject: Test email message\n"},
	{"kapacitor", "oncall-kapacitor.json", NULL,
	 "testalert | TestAlert |  | indeterminate other | - | " DEMONSTRATION "\n"},
	{"webhook", "oncall-webhook.json", NULL,
	 "webhook | message |  | indeterminate other transient | - | " DEMONSTRATION "\n"},
	{"zabbix", "oncall-zabbix.json", NULL,
	 "testalert: the whole system is down | TestAlert: The whole system is down | "
	 "08d6891a-835c-e661-39fa-96b6a9e26552 | indeterminate other | - | " DEMONSTRATION
	 " Smth happened. Oh no!\n"},
};

/* What the payloads above do not show: the other states, and products without a recorded one. */
static const struct {
	const char *mapping, *document, *want;
} own[] = {
	{"icinga",
	 "{\"what\":\"service\",\"host\":\"Proxy-1\",\"service\":\"disk /\",\"state\":\"CRITICAL\","
	 "\"notification\":\"PROBLEM\",\"output\":\"DISK CRITICAL\\n/ 99%\",\"at\":1790000000}",
	 "proxy-1/disk / | check-failed |  | major other | 2026-09-21T14:13:20Z | DISK CRITICAL / "
	 "99%\n"},
	{"icinga",
	 "{\"what\":\"host\",\"host\":\"proxy-1\",\"service\":\"\",\"state\":\"UP\","
	 "\"notification\":\"RECOVERY\",\"output\":\"PING OK\",\"at\":1790000000}",
	 "proxy-1 | host-down |  | cleared availability | 2026-09-21T14:13:20Z | PING OK\n"},
	{"icinga",
	 "{\"what\":\"host\",\"host\":\"proxy-1\",\"state\":\"DOWN\","
	 "\"notification\":\"DOWNTIMESTART\"}",
	 "ignored\n"},
	{"nagios",
	 "{\"what\":\"host\",\"host\":\"proxy-1\",\"state\":\"UNREACHABLE\","
	 "\"notification\":\"PROBLEM\"}",
	 "proxy-1 | host-down |  | indeterminate availability | - | \n"},
	{"nagios", "{\"what\":\"host\",\"host\":\"proxy-1\",\"state\":\"SIDEWAYS\"}",
	 "waits state 'SIDEWAYS': the mapping's severity does not know this value\n"},
	{"checkmk",
	 "{\"what\":\"SERVICE\",\"host\":\"gw\",\"service\":\"TLS\",\"state\":\"WARNING\","
	 "\"notification_type\":\"PROBLEM\",\"output\":\"12 days\"}",
	 "gw/TLS | check-failed |  | warning other | - | 12 days\n"},
	{"zabbix",
	 "{\"host\":\"db-1\",\"trigger\":\"Linux: /: Free disk space is low\","
	 "\"trigger_id\":\"17\",\"value\":\"1\",\"severity\":\"4\",\"name\":\"Disk is low\","
	 "\"at\":\"1790000000\"}",
	 "db-1 | disk-full | 17 | major other | 2026-09-21T14:13:20Z | Disk "
	 "is low\n"},
	{"zabbix",
	 "{\"host\":\"db-1\",\"trigger\":\"Interface eth0: Link down\",\"trigger_id\":18,"
	 "\"value\":0,\"severity\":3,\"name\":\"*UNKNOWN*\",\"message\":\"up\"}",
	 "db-1 | link-down | 18 | cleared other | - | up\n"},
	{"grafana",
	 "{\"status\":\"firing\",\"title\":\"two\",\"alerts\":["
	 "{\"status\":\"firing\",\"labels\":{\"alertname\":\"Disk\",\"instance\":\"Web01:9100\","
	 "\"severity\":\"critical\"},\"startsAt\":\"2026-01-02T03:04:05.6Z\","
	 "\"endsAt\":\"0001-01-01T00:00:00Z\",\"fingerprint\":\"f1\"},"
	 "{\"status\":\"resolved\",\"labels\":{\"alertname\":\"Disk\",\"instance\":\"[2001:db8::1]:"
	 "9100\"},\"startsAt\":\"2026-01-02T03:04:05Z\",\"endsAt\":\"2026-01-02T03:14:05Z\","
	 "\"fingerprint\":\"f2\"},"
	 "{\"status\":\"melting\",\"labels\":{\"alertname\":\"Disk\",\"instance\":\"web02\"}}]}",
	 "web01 | Disk | f1 | critical other | 2026-01-02T03:04:05Z since | two\n"
	 "2001:db8::1 | Disk | f2 | cleared other | 2026-01-02T03:14:05Z | two\n"
	 "waits status 'melting': the mapping's state does not know this value\n"},
	{"cloudwatch",
	 "{\"Type\":\"SubscriptionConfirmation\",\"TopicArn\":\"arn:x\",\"Message\":\"You have "
	 "chosen\",\"SubscribeURL\":\"https://sns.example/?Action=Confirm\"}",
	 "ignored: Type = SubscriptionConfirmation\nTopicArn = arn:x\n"
	 "SubscribeURL = https://sns.example/?Action=Confirm\n"},
	{"cloudwatch",
	 "{\"Type\":\"Notification\",\"Message\":\"{\\\"AlarmName\\\":\\\"A\\\","
	 "\\\"NewStateValue\\\":\\\"OK\\\",\\\"StateChangeTime\\\":\\\"2026-01-02T03:04:05.000+"
	 "0000\\\"}\"}",
	 "a | A |  | cleared other | 2026-01-02T03:04:05Z | A\n"},
	{"azure",
	 "{\"schemaId\":\"azureMonitorCommonAlertSchema\",\"data\":{\"essentials\":{\"alertRule\":"
	 "\"cpu\",\"severity\":\"Sev1\",\"signalType\":\"Metric\",\"monitorCondition\":\"Fired\","
	 "\"configurationItems\":[\"vm-1\"],\"firedDateTime\":\"2026-01-02T03:04:05.1234567Z\","
	 "\"description\":\"CPU over 90 %\"}}}",
	 "vm-1 | cpu |  | major performance | 2026-01-02T03:04:05Z | CPU over 90 %\n"},
	{"pagerduty",
	 "{\"event\":{\"event_type\":\"incident.resolved\",\"occurred_at\":\"2026-01-02T03:04:"
	 "05Z\","
	 "\"data\":{\"id\":\"P1\",\"status\":\"resolved\",\"urgency\":\"low\",\"title\":\"web\","
	 "\"service\":{\"summary\":\"Portal\"}}}}",
	 "portal | incident | P1 | cleared other | 2026-01-02T03:04:05Z | web\n"},
	{"newrelic",
	 "{\"condition_name\":\"Apdex\",\"policy_name\":\"Portal\",\"severity\":\"CRITICAL\","
	 "\"current_state\":\"open\",\"targets\":[{\"name\":\"portal-1\"}],\"timestamp\":"
	 "1790000000123,\"details\":\"Apdex < 0.5\"}",
	 "portal-1 | Apdex | Portal | critical other | 2026-09-21T14:13:20Z | Apdex < 0.5\n"},
	{"wazuh",
	 "{\"rule\":{\"level\":12,\"id\":\"5712\",\"description\":\"brute force\"},"
	 "\"agent\":{\"id\":\"001\",\"name\":\"srv-1\"},\"timestamp\":\"x\"}",
	 "srv-1 | security-event | 5712 | major security transient | - | brute force\n"},
	{"kapacitor",
	 "{\"id\":\"cpu:host=a\",\"message\":\"cpu is fine\",\"level\":\"OK\",\"time\":"
	 "\"2026-01-02T03:04:05Z\",\"data\":{\"series\":[{\"tags\":{\"host\":\"A\"}}]}}",
	 "a | cpu:host=a |  | cleared other | 2026-01-02T03:04:05Z | cpu is fine\n"},
	{"webhook",
	 "{\"host\":\"printer\",\"type\":\"paper-out\",\"state\":\"cleared\",\"service\":\"print\","
	 "\"municipality\":\"1489\",\"at\":\"2026-01-02T03:04:05+01:00\"}",
	 "printer | paper-out |  | cleared other | 2026-01-02T02:04:05Z | \n  of print 1489\n"},
	{"elastalert",
	 "{\"rule\":\"many 500\",\"host\":{\"name\":\"web-1\"},\"severity\":\"minor\"}",
	 "web-1 | many 500 |  | minor other transient | - | many 500\n"},
	{"formatted-webhook",
	 "{\"alert_uid\":\"u\",\"title\":\"T\",\"state\":\"ok\",\"message\":\"fine\"}",
	 "t | alert | u | cleared other | - | T: fine\n"},
	{"inbound-email",
	 "{\"subject\":\"Backup failed\",\"message\":\"\",\"sender\":\"a@example.com\"}",
	 "inbound-email | mail | Backup failed | indeterminate other transient | - | Backup "
	 "failed\n"},
	{"site24x7", "{\"MONITORNAME\":\"Portal\",\"STATUS\":\"UP\"}",
	 "portal | service-down |  | cleared availability | - | \n"},
};

static struct vg_mapping *
load_shipped(const char *name)
{
	char path[600];

	(void)snprintf(path, sizeof(path), MAPPINGS "%s.yaml", name);
	return load(path);
}

static void
check_payload(const struct payload *payload, const char *bytes)
{
	struct vg_mapping *mapping = load_shipped(payload->mapping);
	struct vg_document *document = NULL;
	char *part = NULL;

	if (payload->part != NULL) {
		const struct vg_document_node *node;

		assert_int_equal(vg_document_parse(&document, bytes, strlen(bytes), NULL), 0);
		node = vg_document_find(vg_document_root(document), payload->part);
		assert_non_null(node);
		part = vg_document_compact(node);
	}
	expect(mapping, part != NULL ? part : bytes, payload->want);
	free(part);
	vg_document_free(document);
	vg_mapping_free(mapping);
}

static void
each_payload_becomes_the_alarm_that_it_tells_of(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shipped) / sizeof(shipped[0]); i++) {
		char *bytes = read_file(PAYLOADS, shipped[i].file);

		assert_non_null(bytes);
		check_payload(&shipped[i], bytes);
		free(bytes);
	}
}

static void
payloads_that_are_not_ours_to_ship_too(void **state)
{
	size_t missing = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
		char *bytes = read_file(SHARED, elsewhere[i].file);

		if (bytes != NULL)
			check_payload(&elsewhere[i], bytes);
		missing += bytes == NULL;
		free(bytes);
	}
	if (missing > 0)
		print_message("left out: %zu payloads that are not there\n", missing);
}

static void
other_states_and_products_too(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		struct vg_mapping *mapping = load_shipped(own[i].mapping);

		expect(mapping, own[i].document, own[i].want);
		vg_mapping_free(mapping);
	}
}

/* --- the rules --- */

#define HEAD "source: s\ntarget: alarms\n"

static void
an_item_sees_what_is_common(void **state)
{
	struct vg_mapping *mapping = load_text(
		HEAD "items: list.items\ncommon: [site, meta.level]\n"
		     "fields:\n  resource: {from: [site, name], join: ':'}\n  type: {value: t}\n"
		     "  severity: {from: meta.level, map: {bad: major}}\n  text: hidden\n");

	(void)state;
	expect(mapping,
	       "{\"site\":\"X\",\"hidden\":\"no\",\"meta\":{\"level\":\"bad\",\"more\":1},"
	       "\"list\":{\"items\":[{\"name\":\"a\"},{\"name\":\"b\",\"site\":\"Y\"},7,{}]}}",
	       "x:a | t |  | major other | - | \n"
	       "y:b | t |  | major other | - | \n"
	       "malformed  '': expected an object that tells of an alarm\n"
	       "x | t |  | major other | - | \n");
	vg_mapping_free(mapping);
}

static void
the_first_way_that_says_anything_counts(void **state)
{
	struct vg_mapping *mapping =
		load_text(HEAD "not_stated: ['-']\n"
			       "fields:\n  resource: {first: [a, [b, c], d], default: nobody}\n"
			       "  type: {from: kind, map: {x: ours}, keep: yes}\n"
			       "  severity: {from: [s1, s2], match: {'1/*': major, '/2': minor}, "
			       "default: warning}\n");

	(void)state;
	expect(mapping,
	       "[{\"a\":\"A\",\"d\":\"D\",\"kind\":\"x\",\"s1\":1},"
	       "{\"a\":\"-\",\"b\":\"B\",\"c\":\"C\",\"kind\":\"y\",\"s2\":\"2\"},"
	       "{\"a\":\"\",\"b\":\"B\",\"d\":\"D\",\"kind\":\"x\",\"s1\":3},"
	       "{\"a\":null,\"b\":[1],\"kind\":\"x\"}]",
	       "a | ours |  | major other | - | \n"
	       "b/C | y |  | minor other | - | \n"
	       "d | ours |  | warning other | - | \n"
	       "nobody | ours |  | warning other | - | \n");
	vg_mapping_free(mapping);
}

static void
what_cannot_be_mapped_waits_and_is_taken_later(void **state)
{
	static const char first[] =
		HEAD "time: {from: at, pattern: iso}\nembedded: [m]\n"
		     "fields:\n  resource: m.r\n  type: {value: t}\n"
		     "  severity: {from: level, map: {bad: major}}\n  text: text\n";
	static const char mended[] = HEAD
		"time: {from: at, pattern: iso}\nembedded: [m]\n"
		"fields:\n  resource: m.r\n  type: {value: t}\n"
		"  severity: {from: level, map: {bad: major, worse: critical}}\n  text: text\n";
	struct vg_mapping *mapping = load_text(first);
	struct told told = {.used = 0}, later = {.used = 0};

	(void)state;
	map(mapping,
	    "{\"level\":\"worse\",\"m\":\"{\\\"r\\\":\\\"R\\\"}\",\"text\":\"of 19121212-1212\","
	    "\"secret\":\"x\"}",
	    &told);
	assert_string_equal(
		told.text,
		"waits level 'worse': the mapping's severity does not know this value\n");
	assert_string_equal(told.payload, "{\"@at\":1790000000000,\"@row\":1,\"level\":\"worse\","
					  "\"m.r\":\"R\",\"text\":\"of [PNR]\"}");
	map(mapping, told.payload, &later);
	assert_string_equal(later.text, told.text);
	assert_string_equal(later.payload, told.payload);
	vg_mapping_free(mapping);

	mapping = load_text(mended);
	expect(mapping, told.payload, "r | t |  | critical other | - | of [PNR]\n");
	expect(mapping, "{\"level\":\"bad\",\"m\":{\"r\":\"R\"},\"at\":\"soon\"}",
	       "waits at 'soon': time \"soon\": character 1: expected a year of four digits, found "
	       "\"soon\"\n");
	expect(mapping, "{\"level\":\"bad\",\"m\":\"no document\"}",
	       "waits resource '': is not stated; expected a name\n");
	expect(mapping, "{\"m\":{\"r\":\"R\"}}",
	       "waits severity '': is not stated; expected a severity\n");
	expect(mapping, "{",
	       "malformed  '': not JSON at line 1 column 1: string or '}' expected\n");
	expect(mapping, "[]", "");
	vg_mapping_free(mapping);
}

static void
a_detail_is_what_is_named_and_no_more(void **state)
{
	static const char document[] =
		"{\"r\":\"R\",\"user\":\"19121212-1212\",\"n\":7,\"a\":\"one\\ntwo\",\"other\":1}";
	static const char fields[] =
		"fields: {resource: r, type: {value: t}, severity: {value: minor}}\n";
	static const struct {
		const char *detail, *want;
	} cases[] = {
		{"", "[r = R]\n"},
		{"detail: [n, a, user, none]\n", "[n = 7\na = one two\nuser = [PNR]]\n"},
		{"detail: item\n", "[{\"r\":\"R\",\"user\":\"[PNR]\",\"n\":7,\"a\":\"one\\ntwo\","
				   "\"other\":1}]\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct told told = {.detail = true};
		struct vg_mapping *mapping;
		char text[500];

		(void)snprintf(text, sizeof(text), HEAD "%s%s", cases[i].detail, fields);
		mapping = load_text(text);
		map(mapping, document, &told);
		assert_string_equal(strchr(told.text, '\n') + 1, cases[i].want);
		vg_mapping_free(mapping);
	}
}

static void
long_texts_are_cut(void **state)
{
	struct vg_mapping *mapping = load_text(
		HEAD
		"detail: [r, t]\n"
		"fields: {resource: r, type: {value: t}, severity: {value: minor}, text: t}\n");
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, NULL);
	struct told told = {.detail = true};
	char *document = malloc(100000);

	(void)state;
	assert_non_null(document);
	(void)snprintf(document, 20000, "{\"r\":\"%0300d\",\"t\":\"%09999d\"}", 1, 1);
	vg_mapping_alarms(run, document, strlen(document), NOW_MS, tell, &told);
	assert_int_equal(strcspn(told.text, " "), VG_NAME_MAX);
	assert_non_null(strchr(told.text, '~'));
	vg_mapping_run_free(run);
	vg_mapping_free(mapping);

	/* and in quarantine, so that a long one keeps nobody out */
	mapping = load_text(HEAD
			    "fields: {resource: r, type: {value: t}, text: t, severity: {from: s, "
			    "map: {bad: minor}}}\n");
	run = vg_mapping_run_new(mapping, NULL);
	told.used = 0;
	(void)snprintf(document, 100000, "{\"r\":\"R\",\"s\":\"worse\",\"t\":\"%090000d\"}", 1);
	vg_mapping_alarms(run, document, strlen(document), NOW_MS, tell, &told);
	assert_int_equal(strncmp(told.text, "waits s 'worse'", 15), 0);
	assert_non_null(strstr(told.payload, "\"r\":\"R\""));
	free(document);
	vg_mapping_run_free(run);
	vg_mapping_free(mapping);
}

static bool
count_rows(const struct vg_mapped_row *row, void *arg)
{
	size_t *counts = arg;

	counts[row->outcome]++;
	return true;
}

static void
a_document_holds_ten_thousand_alarms_at_most(void **state)
{
	struct vg_mapping *mapping = load_text(
		HEAD "fields: {resource: r, type: {value: t}, severity: {value: minor}}\n");
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, NULL);
	size_t counts[4] = {0}, used = 1;
	char *document = malloc(1 << 20);

	(void)state;
	assert_non_null(document);
	document[0] = '[';
	for (int i = 0; i < VG_MAPPED_ITEMS_MAX + 5; i++)
		used += (size_t)sprintf(document + used, "%s{\"r\":\"%d\"}", i == 0 ? "" : ",", i);
	document[used++] = ']';
	vg_mapping_alarms(run, document, used, NOW_MS, count_rows, counts);
	assert_int_equal(counts[VG_MAPPED_EVENT], VG_MAPPED_ITEMS_MAX);
	assert_int_equal(counts[VG_MAPPED_MALFORMED], 1);
	free(document);
	vg_mapping_run_free(run);
	vg_mapping_free(mapping);
}

/* --- names --- */

static void
names_stay_apart(void **state)
{
	static const struct {
		const char *text, *want;
	} hosts[] = {
		{"web01:9100", "web01"},
		{"web01", "web01"},
		{"[2001:db8::1]:9100", "2001:db8::1"},
		{"2001:db8::1", "2001:db8::1"},
		{"https://user@Portal.example:8443/login?x=1", "Portal.example"},
		{"http://[::1]/", "::1"},
		{"Load: high / now", "Load: high / now"},
		{"", ""},
		{":9100", ""},
	};
	char one[VG_NAME_MAX + 1], two[VG_NAME_MAX + 1], text[400];

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		const char *host;
		size_t length = vg_mapped_host(hosts[i].text, strlen(hosts[i].text), &host);

		(void)vg_mapped_name(one, host, length);
		assert_string_equal(one, hosts[i].want);
	}
	assert_int_equal(vg_mapped_resource(one, "  Web\t1/Eth 0 ", 14), 11);
	assert_string_equal(one, "web 1/Eth 0");
	memset(text, 'x', sizeof(text));
	assert_int_equal(vg_mapped_name(one, text, 300), VG_NAME_MAX);
	assert_int_equal(vg_mapped_name(two, text, 301), VG_NAME_MAX);
	assert_string_not_equal(one, two);
	for (size_t i = 0; i < 200; i++)
		memcpy(text + 2 * i, "å", 2);
	assert_true(vg_mapped_name(one, text, 400) <= VG_NAME_MAX);
	assert_int_equal(strspn(one, "\xC3\xA5") % 2, 0);
}

/* --- the documentation --- */

static void
the_example_in_the_documentation_maps(void **state)
{
	char *doc = read_file(VG_SOURCE_DIR "/docs/", "mapping.md"), *start, *end;
	struct vg_mapping *mapping;

	(void)state;
	assert_non_null(doc);
	start = strstr(doc, "\n## Alarms\n");
	assert_non_null(start);
	start = strstr(start, "```yaml\n");
	assert_non_null(start);
	end = strstr(start + 8, "```");
	assert_non_null(end);
	*end = '\0';
	mapping = load_text(start + 8);
	expect(mapping,
	       "{\"title\":\"T\",\"alerts\":[{\"status\":\"firing\",\"fingerprint\":\"f\","
	       "\"startsAt\":\"2026-01-02T03:04:05Z\",\"labels\":{\"alertname\":\"Disk\","
	       "\"instance\":\"web:80\",\"severity\":\"error\"}}]}",
	       "web | Disk | f | major other | 2026-01-02T03:04:05Z since | T\n");
	vg_mapping_free(mapping);
	free(doc);
}

/* --- files that are wrong --- */

static void
a_wrong_file_is_told(void **state)
{
	static const char fields[] =
		"fields: {resource: r, type: {value: t}, severity: {value: minor}}\n";
	static const struct {
		const char *text, *want;
	} cases[] = {
		{HEAD "format: csv\n", "format"},
		{HEAD "ref: x\n", "ref"},
		{HEAD "fields: {resource: r, type: {value: t}}\n", "expected \"severity\""},
		{HEAD "fields: {resource: r, type: {value: t}, severity: {value: bad}}\n",
		 "severity \"bad\": is not a word of this field: one of cleared"},
		{HEAD
		 "fields: {resource: r, type: {value: t}, severity: {value: minor}, state: s}\n",
		 "state: expected a map"},
		{HEAD
		 "fields: {resource: {from: r, first: [r]}, type: {value: t}, severity: {value: "
		 "minor}}\n",
		 "either \"from\" or \"first\""},
		{HEAD "fields: {resource: {}, type: {value: t}, severity: {value: minor}}\n",
		 "expected either \"from\" or \"first\" (paths) or \"value\""},
		{HEAD
		 "fields: {resource: {first: []}, type: {value: t}, severity: {value: minor}}\n",
		 "first: expected a list"},
		{HEAD
		 "fields: {resource: r, type: {from: t, keep: yes}, severity: {value: minor}}\n",
		 "keep: only for"},
		{HEAD
		 "fields: {resource: r, type: {from: t, host: yes}, severity: {value: minor}}\n",
		 "host: only for the resource"},
		{HEAD "fields: {resource: r, type: {from: t, join: '         '}, severity: {value: "
		      "minor}}\n",
		 "join: expected at most 8 bytes"},
		{HEAD "time: {pattern: iso}\nfields: {resource: r, type: {value: t}, severity: "
		      "{value: minor}}\n",
		 "time: expected \"from\" or \"first\""},
		{HEAD
		 "embedded: [a, b, c, d, e]\nfields: {resource: r, type: {value: t}, severity: "
		 "{value: minor}}\n",
		 "embedded: expected at most 4"},
		{HEAD "detail: all\nfields: {resource: r, type: {value: t}, severity: {value: "
		      "minor}}\n",
		 "detail: expected a list of paths"},
		{HEAD "tell_when: [x]\nfields: {resource: r, type: {value: t}, severity: {value: "
		      "minor}}\n",
		 "tell_when: expected lines"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[] = "/tmp/vinga-test-mapping-XXXXXX";
		struct vg_yaml_errors errors = {.count = 0};
		bool found = false;
		char text[600];

		(void)snprintf(text, sizeof(text), "%s%s", cases[i].text,
			       strstr(cases[i].text, "fields:") == NULL ? fields : "");
		write_file(path, text);
		assert_null(vg_mapping_load(path, &errors));
		for (size_t k = 0; k < errors.count; k++)
			found = found || strstr(errors.text[k], cases[i].want) != NULL;
		if (!found)
			fail_msg("case %zu: %s", i, errors.text[0]);
		vg_yaml_errors_free(&errors);
		assert_int_equal(unlink(path), 0);
	}
}

static void
alarms_are_no_rows_of_a_file(void **state)
{
	struct vg_mapping *mapping = load_shipped("webhook");
	struct vg_mapping_run *run = vg_mapping_run_new(mapping, NULL);
	struct vg_mapped_row row;
	struct vg_err err = {0};

	(void)state;
	assert_int_equal(vg_mapping_kind(mapping), VG_KIND_ALARMS_REPORTED);
	assert_string_equal(vg_mapping_format(mapping), "json");
	assert_int_equal(
		vg_mapping_file(run, PAYLOADS "keep-wazuh.json", tell, NULL, NULL, NULL, &err),
		VG_EINVALID);
	assert_non_null(strstr(err.text, "come by webhook"));
	vg_mapping_document(run, "{}", 2, 1, &row);
	assert_int_equal(row.outcome, VG_MAPPED_MALFORMED);
	vg_mapping_run_free(run);
	vg_mapping_free(mapping);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_payload_becomes_the_alarm_that_it_tells_of),
		cmocka_unit_test(payloads_that_are_not_ours_to_ship_too),
		cmocka_unit_test(other_states_and_products_too),
		cmocka_unit_test(an_item_sees_what_is_common),
		cmocka_unit_test(the_first_way_that_says_anything_counts),
		cmocka_unit_test(what_cannot_be_mapped_waits_and_is_taken_later),
		cmocka_unit_test(a_detail_is_what_is_named_and_no_more),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(a_document_holds_ten_thousand_alarms_at_most),
		cmocka_unit_test(names_stay_apart),
		cmocka_unit_test(the_example_in_the_documentation_maps),
		cmocka_unit_test(a_wrong_file_is_told),
		cmocka_unit_test(alarms_are_no_rows_of_a_file),
	};

	if (vg_civil_set_zone("Europe/Stockholm", NULL) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
