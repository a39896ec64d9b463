/* The shipped rules over lines as their programs write them: each rule meets its line, and what
 * ends an alarm has the key of what raised it. */
#include "lib/syslog/syslog.h"

#include "lib/alarm/rules.h"
#include "lib/civil/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RECEIVED 1795337654000 /* 2026-11-22T08:54:14Z */
#define AT	 "Nov 22 09:54:10 h "
#define FILE_ID	 "syslog/"

/* What a line becomes: "resource type qualifier severity"; the host is h. "" = nothing. */
static const struct {
	const char *rule, *line, *want;
} cases[] = {
	{"kernel-panic", "<0>" AT "kernel: [  1.0] Kernel panic - not syncing: Fatal exception",
	 "h|kernel-panic||critical"},
	{"kernel-lockup",
	 "<0>" AT "kernel: watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [java:4]",
	 "h|cpu-lockup|CPU#3|critical"},
	{"kernel-out-of-memory",
	 "<3>" AT "kernel: Out of memory: Killed process 4711 (java) total-vm:1kB, anon-rss:1kB",
	 "h|memory-exhausted|java|major"},
	{"kernel-out-of-memory",
	 "<3>" AT "kernel: Memory cgroup out of memory: Killed process 7 (postgres) total-vm:1kB",
	 "h|memory-exhausted|postgres|major"},
	{"kernel-hung-task",
	 "<3>" AT "kernel: INFO: task jbd2/sda1-8:231 blocked for more than 120 seconds.",
	 "h|task-hung|jbd2/sda1-8|minor"},
	{"kernel-machine-check",
	 "<2>" AT "kernel: mce: [Hardware Error]: Machine check events logged",
	 "h|hardware-failure||critical"},
	{"kernel-machine-check", "<4>" AT "kernel: EDAC MC0: 1 CE memory read error on CPU_SrcID#0",
	 "h|hardware-failure|CE|warning"},
	{"kernel-temperature",
	 "<2>" AT
	 "kernel: CPU2: Core temperature above threshold, cpu clock throttled (total events = 9)",
	 "h/CPU2|temperature-high||minor"},
	{"kernel-temperature", "<5>" AT "kernel: CPU2: Core temperature/speed normal",
	 "h/CPU2|temperature-high||cleared"},
	{"kernel-connections",
	 "<4>" AT "kernel: nf_conntrack: nf_conntrack: table full, dropping packet",
	 "h|connections-exhausted|conntrack|major"},
	{"kernel-disk",
	 "<3>" AT "kernel: blk_update_request: I/O error, dev sda, sector 12345 op 0x0:(READ)",
	 "h/sda|disk-failure||major"},
	{"kernel-disk",
	 "<3>" AT "kernel: Buffer I/O error on dev dm-3, logical block 0, async page read",
	 "h/dm-3|disk-failure||major"},
	{"kernel-medium",
	 "<3>" AT "kernel: sd 0:0:0:0: [sdb] tag#5 Sense Key : Medium Error [current]",
	 "h/sdb|disk-failure||major"},
	{"kernel-file-system",
	 "<2>" AT "kernel: EXT4-fs error (device sda1): ext4_find_entry:1455: inode #2: comm ls",
	 "h/sda1|filesystem-error||critical"},
	{"kernel-xfs",
	 "<1>" AT "kernel: XFS (dm-0): Metadata corruption detected at xfs_agf_read_verify",
	 "h/dm-0|filesystem-error||critical"},
	{"kernel-read-only", "<2>" AT "kernel: EXT4-fs (sda1): Remounting filesystem read-only",
	 "h/sda1|filesystem-read-only||critical"},
	{"kernel-nfs", "<3>" AT "kernel: nfs: server nas1 not responding, still trying",
	 "h|storage-unreachable|nas1|critical"},
	{"kernel-nfs", "<6>" AT "kernel: nfs: server nas1 OK",
	 "h|storage-unreachable|nas1|cleared"},
	{"kernel-raid", "<2>" AT "kernel: md/raid1:md0: Disk failure on sdb1, disabling device.",
	 "h/md0|raid-degraded||critical"},
	{"kernel-raid", "<6>" AT "kernel: md: md0: recovery done.", "h/md0|raid-degraded||cleared"},
	{"mdadm-raid", "<26>" AT "mdadm[9]: DegradedArray event detected on md device /dev/md0",
	 "h/md0|raid-degraded||critical"},
	{"mdadm-raid",
	 "<26>" AT
	 "mdadm[9]: Fail event detected on md device /dev/md0, component device /dev/sdb1",
	 "h/md0|raid-degraded||critical"},
	{"mdadm-raid", "<26>" AT "mdadm[9]: RebuildFinished event detected on md device /dev/md0",
	 "h/md0|raid-degraded||cleared"},
	{"multipath", "<28>" AT "multipathd[5]: checker failed path 8:16 in map mpatha",
	 "h|path-down|8:16|major"},
	{"multipath", "<29>" AT "multipathd[5]: mpatha: 8:16: reinstated",
	 "h|path-down|8:16|cleared"},
	{"smart-failing",
	 "<26>" AT "smartd[7]: Device: /dev/sda [SAT], FAILED SMART self-check. BACK UP DATA NOW!",
	 "h/sda|disk-failure||critical"},
	{"smart-sectors",
	 "<26>" AT "smartd[7]: Device: /dev/sda [SAT], 8 Currently unreadable (pending) sectors",
	 "h/sda|disk-failing|Currently unreadable (pending)|minor"},
	{"smart-sectors",
	 "<30>" AT
	 "smartd[7]: Device: /dev/sda [SAT], No more Currently unreadable (pending) sectors, "
	 "warning condition reset after 1 email",
	 "h/sda|disk-failing|Currently unreadable (pending)|cleared"},
	{"smart-temperature",
	 "<26>" AT
	 "smartd[7]: Device: /dev/sda [SAT], Temperature 62 Celsius reached critical limit of "
	 "60 Celsius (Min/Max 20/62)",
	 "h/sda|temperature-high||minor"},
	{"kernel-link", "<6>" AT "kernel: e1000e 0000:00:19.0 eth0: NIC Link is Down",
	 "h/eth0|link-down||major"},
	{"kernel-link", "<6>" AT "kernel: tg3 0000:02:00.0 eth0: Link is up at 1000 Mbps", ""},
	{"kernel-link",
	 "<6>" AT "kernel: e1000e 0000:00:19.0 eth0: NIC Link is Up 1000 Mbps Full Duplex",
	 "h/eth0|link-down||cleared"},
	{"kernel-bond",
	 "<6>" AT "kernel: bond0: (slave eth1): link status definitely down, disabling slave",
	 "h/eth1|link-down||major"},
	{"kernel-bond",
	 "<6>" AT "kernel: bond0: (slave eth1): link status definitely up, 1000 Mbps",
	 "h/eth1|link-down||cleared"},
	{"keepalived", "<30>" AT "Keepalived_vrrp[3]: (VI_1) Entering FAULT STATE",
	 "h|vrrp-fault|VI_1|major"},
	{"keepalived", "<30>" AT "Keepalived_vrrp[3]: (VI_1) Entering BACKUP STATE",
	 "h|vrrp-fault|VI_1|cleared"},
	{"cluster-quorum",
	 "<29>" AT
	 "corosync[2]: [QUORUM] This node is within the non-primary component and will NOT "
	 "provide any services.",
	 "h|quorum-lost||critical"},
	{"cluster-quorum",
	 "<29>" AT
	 "corosync[2]: [QUORUM] This node is within the primary component and will provide "
	 "service.",
	 "h|quorum-lost||cleared"},
	{"dhcp-pool",
	 "<27>" AT
	 "dhcpd[2]: DHCPDISCOVER from 00:00:5e:00:53:01 via eth0: network 192.0.2.0/24: no free "
	 "leases",
	 "h|addresses-exhausted|192.0.2.0/24|major"},
	{"unit-failed", "<29>" AT "systemd[1]: nginx.service: Failed with result 'exit-code'.",
	 "h|service-down|nginx.service|major"},
	{"unit-failed",
	 "<30>" AT "systemd[1]: Started nginx.service - A high performance web server.",
	 "h|service-down|nginx.service|cleared"},
	{"unit-failed", "<30>" AT "systemd[1]: Started Session 4 of User root.", ""},
	{"time-source", "<28>" AT "chronyd[5]: Can't synchronise: no selectable sources",
	 "h|clock-not-synchronized||minor"},
	{"time-source", "<30>" AT "chronyd[5]: Selected source 192.0.2.1 (ntp.example.org)",
	 "h|clock-not-synchronized||cleared"},
	{"time-wrong", "<28>" AT "chronyd[5]: System clock wrong by -12.5 seconds",
	 "h|clock-wrong||warning"},
	{"audit-space", "<28>" AT "auditd[5]: Audit daemon is low on disk space for logging",
	 "h|disk-full|audit|major"},
	{"log-forwarding",
	 "<44>" AT
	 "rsyslogd: action 'action-0-builtin:omfwd' suspended (module 'builtin:omfwd'), retry 0.",
	 "h|log-forwarding-stopped|action-0-builtin:omfwd|minor"},
	{"log-forwarding",
	 "<46>" AT "rsyslogd: action 'action-0-builtin:omfwd' resumed (module 'x')",
	 "h|log-forwarding-stopped|action-0-builtin:omfwd|cleared"},
	{"haproxy-server",
	 "<129>" AT "haproxy[3]: Server app/web1 is DOWN, reason: Layer4 connection problem",
	 "h|backend-down|app/web1|major"},
	{"haproxy-server",
	 "<133>" AT "haproxy[3]: Server app/web1 is UP, reason: Layer4 check passed",
	 "h|backend-down|app/web1|cleared"},
	{"haproxy-backend", "<128>" AT "haproxy[3]: backend app has no server available!",
	 "h|service-down|app|critical"},
	{"nginx-no-backend",
	 "<187>" AT
	 "nginx: 2026/11/22 09:54:10 [error] 7#7: *1 no live upstreams while connecting to "
	 "upstream, client: 192.0.2.9, upstream: \"http://app/\", host: \"x\"",
	 "h|service-down|app|critical"},
	{"nginx-backend",
	 "<187>" AT
	 "nginx: 2026/11/22 09:54:10 [error] 7#7: *1 connect() failed (111: Connection refused) "
	 "while connecting to upstream, upstream: \"http://192.0.2.5:8080/a\", host: \"x\"",
	 "h|backend-down|192.0.2.5:8080|major"},
	{"nginx-failed",
	 "<184>" AT "nginx: 2026/11/22 09:54:10 [emerg] 1#1: bind() to 0.0.0.0:80 failed",
	 "h|service-down|nginx|critical"},
	{"postgresql-panic",
	 "<128>" AT "postgres[5]: [3-1] PANIC:  could not locate a valid checkpoint record",
	 "h|database-failure|postgresql|critical"},
	{"postgresql-down", "<134>" AT "postgres[5]: [9-1] LOG:  database system is shut down",
	 "h|service-down|postgresql|critical"},
	{"postgresql-down",
	 "<134>" AT "postgres[5]: [9-1] LOG:  database system is ready to accept connections",
	 "h|service-down|postgresql|cleared"},
	{"postgresql-space",
	 "<131>" AT
	 "postgres[5]: [4-1] ERROR:  could not extend file \"base/1/2\": No space left on device",
	 "h|disk-full|postgresql|critical"},
	{"postgresql-data",
	 "<131>" AT "postgres[5]: [4-1] ERROR:  invalid page in block 7 of relation base/1/2",
	 "h|data-corrupt|postgresql|critical"},
	{"postgresql-connections",
	 "<130>" AT "postgres[5]: [4-1] FATAL:  sorry, too many clients already",
	 "h|connections-exhausted|postgresql|major"},
	{"postgresql-wraparound",
	 "<132>" AT
	 "postgres[5]: [4-1] WARNING:  database \"app\" must be vacuumed within 39985967 "
	 "transactions",
	 "h|database-wraparound|app|major"},
	{"postgresql-archive",
	 "<134>" AT "postgres[5]: [4-1] LOG:  archive command failed with exit code 1",
	 "h|backup-failed|wal|major"},
	{"postgresql-replication",
	 "<130>" AT
	 "postgres[5]: [4-1] FATAL:  could not connect to the primary server: Connection refused",
	 "h|replication-down|postgresql|major"},
	{"postgresql-replication",
	 "<134>" AT
	 "postgres[5]: [4-1] LOG:  started streaming WAL from primary at 0/3000000 on timeline 1",
	 "h|replication-down|postgresql|cleared"},
	{"ssh-login",
	 "<83>" AT
	 "sshd[9]: error: maximum authentication attempts exceeded for root from 192.0.2.66 port "
	 "4022 ssh2 [preauth]",
	 "h|login-failed|192.0.2.66|warning"},
	{"ssh-login",
	 "<86>" AT "sshd[9]: Disconnecting authenticating user root 192.0.2.66 port 4022: Too many "
	 "authentication failures [preauth]",
	 ""},
	{"ssh-login", "<86>" AT "sshd[9]: Failed password for root from 192.0.2.66 port 4022 ssh2",
	 ""},
	{"ssh-more",
	 "<86>" AT
	 "sshd[9]: PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= "
	 "rhost=192.0.2.66  user=root",
	 "h|login-failed|192.0.2.66|warning"},
	{"sudo",
	 "<81>" AT "sudo: drift : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/ ; USER=root ; "
	 "COMMAND=/bin/ls",
	 "h|login-failed|sudo|warning"},
	{"sudo-denied",
	 "<81>" AT
	 "sudo: drift : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls",
	 "h|privilege-denied||warning"},
	{"ups-nut", "<29>" AT "upsmon[3]: UPS ups1@localhost on battery",
	 "h|power-on-battery|ups1@localhost|major"},
	{"ups-nut", "<29>" AT "upsmon[3]: UPS ups1@localhost on line power",
	 "h|power-on-battery|ups1@localhost|cleared"},
	{"ups-nut-low", "<29>" AT "upsmon[3]: UPS ups1@localhost battery is low",
	 "h|battery-low|ups1@localhost|critical"},
	{"ups-apc", "<26>" AT "apcupsd[3]: Running on UPS batteries.", "h|power-on-battery||major"},
	{"ups-apc", "<26>" AT "apcupsd[3]: Power is back. UPS running on mains.",
	 "h|power-on-battery||cleared"},
	{"esx-storage",
	 "<166>2026-11-22T08:54:10.123Z h vobd[9]: [scsiCorrelator] 1us: "
	 "[esx.problem.storage.connectivity.lost] Lost connectivity to storage device naa.6000c29. "
	 "Path "
	 "vmhba1:C0:T0:L1 is down.",
	 "h|storage-unreachable|naa.6000c29|critical"},
	{"esx-storage",
	 "<166>2026-11-22T08:54:10.123Z h vobd[9]: [scsiCorrelator] 1us: "
	 "[esx.clear.storage.connectivity.restored] Connectivity to storage device naa.6000c29 "
	 "(Datastores: a) restored.",
	 "h|storage-unreachable|naa.6000c29|cleared"},
	{"esx-network",
	 "<166>2026-11-22T08:54:10.123Z h vobd[9]: [netCorrelator] 1us: "
	 "[esx.problem.net.connectivity.lost] Lost network connectivity on virtual switch "
	 "\"vSwitch0\". "
	 "Physical NIC vmnic0 is down.",
	 "h/vSwitch0|link-down||critical"},
	{"esx-network",
	 "<166>2026-11-22T08:54:10.123Z h vobd[9]: [netCorrelator] 1us: "
	 "[esx.clear.net.connectivity.restored] Network connectivity restored on virtual switch "
	 "\"vSwitch0\".",
	 "h/vSwitch0|link-down||cleared"},
	{"cisco-link",
	 "<187>45: h: Nov 22 09:54:10.1: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed "
	 "state to "
	 "down",
	 "h/GigabitEthernet0/1|link-down||major"},
	{"cisco-link",
	 "<189>46: h: Nov 22 09:54:10.1: %LINEPROTO-5-UPDOWN: Line protocol on Interface "
	 "GigabitEthernet0/1, changed state to up",
	 "h/GigabitEthernet0/1|link-down||cleared"},
	{"cisco-link",
	 "<189>46: h: Nov 22 09:54:10.1: %LINK-5-CHANGED: Interface GigabitEthernet0/1, changed "
	 "state to "
	 "administratively down",
	 "h/GigabitEthernet0/1|link-down||warning"},
	{"cisco-nexus-link",
	 "<189>" AT "%ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/1 is down (Link failure)",
	 "h/Ethernet1/1|link-down||major"},
	{"cisco-nexus-link",
	 "<189>" AT "%ETHPORT-5-IF_UP: Interface Ethernet1/1 is up in mode trunk",
	 "h/Ethernet1/1|link-down||cleared"},
	{"cisco-err-disable",
	 "<188>" AT
	 "%PM-4-ERR_DISABLE: bpduguard error detected on Gi0/1, putting Gi0/1 in err-disable "
	 "state",
	 "h/Gi0/1|port-error-disabled||major"},
	{"cisco-err-disable",
	 "<188>" AT
	 "%PM-4-ERR_RECOVER: Attempting to recover from bpduguard err-disable state on Gi0/1",
	 "h/Gi0/1|port-error-disabled||cleared"},
	{"cisco-bgp", "<189>" AT "%BGP-5-ADJCHANGE: neighbor 192.0.2.1 Down BGP Notification sent",
	 "h|bgp-peer-down|192.0.2.1|major"},
	{"cisco-bgp", "<189>" AT "%BGP-5-ADJCHANGE: neighbor 192.0.2.1 Up",
	 "h|bgp-peer-down|192.0.2.1|cleared"},
	{"cisco-ospf",
	 "<189>" AT
	 "%OSPF-5-ADJCHG: Process 1, Nbr 192.0.2.2 on GigabitEthernet0/0 from FULL to DOWN, "
	 "Neighbor Down: Dead timer expired",
	 "h|ospf-neighbor-down|192.0.2.2|major"},
	{"cisco-ospf",
	 "<189>" AT
	 "%OSPF-5-ADJCHG: Process 1, Nbr 192.0.2.2 on GigabitEthernet0/0 from LOADING to FULL, "
	 "Loading Done",
	 "h|ospf-neighbor-down|192.0.2.2|cleared"},
	{"cisco-eigrp",
	 "<189>" AT
	 "%DUAL-5-NBRCHANGE: EIGRP-IPv4 1: Neighbor 192.0.2.3 (Gi0/0) is down: holding time "
	 "expired",
	 "h|eigrp-neighbor-down|192.0.2.3|major"},
	{"cisco-eigrp",
	 "<189>" AT
	 "%DUAL-5-NBRCHANGE: EIGRP-IPv4 1: Neighbor 192.0.2.3 (Gi0/0) is up: new adjacency",
	 "h|eigrp-neighbor-down|192.0.2.3|cleared"},
	{"cisco-standby", "<189>" AT "%HSRP-5-STATECHANGE: Vlan10 Grp 1 state Standby -> Active",
	 "h|hsrp-state-changed||warning"},
	{"cisco-failover",
	 "<161>Nov 22 2026 09:54:10 h : %ASA-1-104001: (Secondary) Switching to ACTIVE",
	 "h|cluster-switched||warning"},
	{"cisco-fan", "<185>" AT "%PLATFORM_ENV-1-FAN: Faulty internal fan 1 detected",
	 "h|fan-failure||major"},
	{"cisco-power", "<185>" AT "%PLATFORM_ENV-1-PWR: Faulty internal power supply B detected",
	 "h|power-supply-failure||major"},
	{"cisco-temperature", "<186>" AT "%ENVMON-2-TEMP: Inlet temperature exceeds threshold",
	 "h|temperature-high||major"},
	{"cisco-memory", "<186>" AT "%SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed",
	 "h|memory-exhausted||major"},
	{"cisco-cpu", "<187>" AT "%SYS-3-CPUHOG: Task is running for (2004)msecs",
	 "h|cpu-high||minor"},
	{"cisco-restart", "<189>" AT "%SYS-5-RESTART: System restarted --",
	 "h|device-restarted||warning"},
	{"cisco-configured",
	 "<189>" AT "%SYS-5-CONFIG_I: Configured from console by vty0 (192.0.2.4)",
	 "h|config-changed||indeterminate"},
	{"cisco-login",
	 "<188>" AT
	 "%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: x] [Source: 192.0.2.4] [localport: 22]",
	 "h|login-failed|192.0.2.4|warning"},
	{"juniper-link",
	 "<28>" AT
	 "mib2d[8]: SNMP_TRAP_LINK_DOWN: ifIndex 512, ifAdminStatus up(1), ifOperStatus down(2), "
	 "ifName ge-0/0/1",
	 "h/ge-0/0/1|link-down||major"},
	{"juniper-link",
	 "<28>" AT
	 "mib2d[8]: SNMP_TRAP_LINK_UP: ifIndex 512, ifAdminStatus up(1), ifOperStatus up(1), "
	 "ifName ge-0/0/1",
	 "h/ge-0/0/1|link-down||cleared"},
	{"huawei-link",
	 "<188>Nov 22 2026 09:54:10 h %%01IFNET/4/LINK_STATE(l)[1]:The line protocol IP on the "
	 "interface "
	 "GigabitEthernet0/0/1 has entered the DOWN state.",
	 "h/GigabitEthernet0/0/1|link-down||major"},
	{"huawei-link",
	 "<188>Nov 22 2026 09:54:10 h %%01IFNET/4/LINK_STATE(l)[1]:The line protocol IP on the "
	 "interface "
	 "GigabitEthernet0/0/1 has entered the UP state.",
	 "h/GigabitEthernet0/0/1|link-down||cleared"},
	{"cisco-critical", "<185>" AT "%C4K_SUP-1-HOT: Too hot",
	 "h|log-message|C4K_SUP-HOT|critical"},
	{"disk-full", "<11>" AT "backup: write failed: No space left on device",
	 "h|disk-full||major"},
	{"certificate", "<11>" AT "stunnel: certificate of peer has expired",
	 "h|certificate-expiring||minor"},
	{"emergency", "<9>" AT "raidctl: unit 3 inoperable", "h|log-message|raidctl|critical"},
};
#define CASES (sizeof(cases) / sizeof(cases[0]))

static struct vg_rules *
load(void)
{
	struct vg_yaml_errors errors = {0};
	struct vg_rules *rules =
		vg_rules_load(VG_SOURCE_DIR "/plugins/alarms", NULL, NULL, &errors);

	for (size_t i = 0; i < errors.count; i++)
		print_error("%s\n", errors.text[i]);
	assert_non_null(rules);
	vg_yaml_errors_free(&errors);
	return rules;
}

static enum vg_judged
judge(struct vg_rules *rules, const char *line, struct vg_notice *out)
{
	static struct vg_syslog parsed;
	struct vg_message message = {
		.form = VG_MESSAGE_SYSLOG, .at_ms = RECEIVED, .peer = "192.0.2.200", .trap = ""};

	vg_syslog_parse(&parsed, line, strlen(line), RECEIVED);
	message.host = parsed.host;
	message.value = parsed.value;
	message.count = parsed.values;
	return vg_rules_judge(rules, &message, out);
}

static void
each_line_becomes_what_it_means(void **state)
{
	struct vg_rules *rules = load();

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		struct vg_notice notice = {0};
		char said[1000] = "", rule[100];

		if (judge(rules, cases[i].line, &notice) == VG_JUDGED_NOTICE)
			(void)snprintf(said, sizeof(said), "%s|%s|%s|%s", notice.resource,
				       notice.type, notice.qualifier,
				       vg_severity_words[notice.severity]);
		if (strcmp(said, cases[i].want) != 0)
			fail_msg("%s\nhas  %s\nwant %s", cases[i].line, said, cases[i].want);
		(void)snprintf(rule, sizeof(rule), FILE_ID "%s", cases[i].rule);
		if (*said != '\0')
			assert_string_equal(notice.rule, rule);
		if (*said != '\0')
			assert_true(*notice.text != '\0' && strchr(notice.text, '{') == NULL);
	}
	vg_rules_free(rules);
}

static void
check_that_a_line_is_there(const char *id, void *arg)
{
	(void)arg;
	if (strncmp(id, FILE_ID, strlen(FILE_ID)) != 0)
		return;
	for (size_t i = 0; i < CASES; i++)
		if (*cases[i].want != '\0' && strcmp(cases[i].rule, id + strlen(FILE_ID)) == 0)
			return;
	fail_msg("no line shows the rule %s", id);
}

static void
each_rule_has_its_line(void **state)
{
	struct vg_rules *rules = load();

	(void)state;
	vg_rules_each(rules, check_that_a_line_is_there, NULL);
	vg_rules_free(rules);
}

static int
set_zone(void **state)
{
	(void)state;
	return vg_civil_set_zone("Europe/Stockholm", NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_becomes_what_it_means),
		cmocka_unit_test(each_rule_has_its_line),
	};

	return cmocka_run_group_tests(tests, set_zone, NULL);
}
