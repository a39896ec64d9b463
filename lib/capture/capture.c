/* capture.c - datagrams out of capture files.
 *
 * libpcap reads the file; what lies around UDP is peeled off here. The hard thing is that nothing
 * of a capture can be believed: every length is held against what is really there. */
#include "lib/capture/capture.h"

#include <pcap/pcap.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES (3 * VG_CAPTURE_DATAGRAM_MAX + 2)
#define PROTOCOL_UDP   17
#define IPV4_HEAD      20
#define IPV6_HEAD      40
#define UDP_HEAD       8

/* What is left of a packet. */
struct rest {
	const uint8_t *at;
	size_t length;
};

static unsigned
be16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static bool
skip(struct rest *rest, size_t length)
{
	if (rest->length < length)
		return false;
	rest->at += length;
	rest->length -= length;
	return true;
}

/* Past Ethernet, its VLAN tags, or another link's head; what follows must be IP. */
static bool
skip_link(struct rest *rest, int link)
{
	unsigned type;

	switch (link) {
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
		return true;
	case DLT_NULL:
	case DLT_LOOP:
		return skip(rest, 4);
	case DLT_LINUX_SLL:
		return skip(rest, 16);
	case DLT_LINUX_SLL2:
		return skip(rest, 20);
	case DLT_EN10MB:
		if (!skip(rest, 14))
			return false;
		for (type = be16(rest->at - 2); type == 0x8100 || type == 0x88a8;
		     type = be16(rest->at - 2))
			if (!skip(rest, 4))
				return false;
		return true;
	default:
		return false;
	}
}

static bool
peel_ipv4(struct rest *rest, struct vg_captured *out)
{
	const uint8_t *head = rest->at;
	size_t head_length, total;

	if (rest->length < IPV4_HEAD)
		return false;
	head_length = (size_t)(head[0] & 15) * 4;
	total = be16(head + 2);
	if (head_length < IPV4_HEAD || total < head_length || head[9] != PROTOCOL_UDP ||
	    (be16(head + 6) & 0x3fff) != 0) /* a fragment */
		return false;
	if (rest->length > total)
		rest->length = total; /* Ethernet pads */
	out->from.v4.sin_family = AF_INET;
	memcpy(&out->from.v4.sin_addr, head + 12, 4);
	return skip(rest, head_length);
}

static bool
peel_ipv6(struct rest *rest, struct vg_captured *out)
{
	const uint8_t *head = rest->at;
	size_t payload;

	if (rest->length < IPV6_HEAD || head[6] != PROTOCOL_UDP)
		return false;
	payload = be16(head + 4);
	out->from.v6.sin6_family = AF_INET6;
	memcpy(&out->from.v6.sin6_addr, head + 8, 16);
	(void)skip(rest, IPV6_HEAD);
	if (rest->length > payload)
		rest->length = payload;
	return true;
}

static bool
peel(struct rest *rest, int link, struct vg_captured *out)
{
	const uint8_t *udp;
	in_port_t port;

	if (!skip_link(rest, link) || rest->length == 0)
		return false;
	if (rest->at[0] >> 4 == 4 ? !peel_ipv4(rest, out)
				  : rest->at[0] >> 4 != 6 || !peel_ipv6(rest, out))
		return false;
	udp = rest->at;
	if (!skip(rest, UDP_HEAD))
		return false;
	memcpy(&port, udp, sizeof(port));
	if (out->from.any.sa_family == AF_INET)
		out->from.v4.sin_port = port;
	else
		out->from.v6.sin6_port = port;
	out->to_port = (uint16_t)be16(udp + 2);
	out->bytes = rest->at;
	out->length = rest->length;
	return rest->length > 0;
}

static int64_t
read_pcap(pcap_t *file, const char *path, vg_capture_cb *on_datagram, void *arg, struct vg_err *err)
{
	struct pcap_pkthdr *packet;
	const u_char *bytes;
	int64_t count = 0;
	int rc;

	while ((rc = pcap_next_ex(file, &packet, &bytes)) == 1) {
		struct vg_captured datagram = {.length = 0};
		struct rest rest = {bytes, packet->caplen};

		if (!peel(&rest, pcap_datalink(file), &datagram))
			continue;
		datagram.at_ms = (int64_t)packet->ts.tv_sec * 1000 + packet->ts.tv_usec / 1000;
		count++;
		if (!on_datagram(&datagram, arg))
			break;
	}
	if (rc == PCAP_ERROR)
		return vg_err_set(err, VG_EINVALID, "%s: packet %lld: %s", path,
				  (long long)count + 1, pcap_geterr(file));
	return count;
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* In place; -1 when it is no hex. */
static ssize_t
parse_hex(char *line)
{
	uint8_t *out = (uint8_t *)line;
	ssize_t length = 0;

	for (const char *at = line; *at != '\0'; at++) {
		int high, low;

		if (*at == ' ' || *at == '\t')
			continue;
		high = digit(at[0]);
		low = high < 0 ? -1 : digit(at[1]);
		if (low < 0)
			return -1;
		out[length++] = (uint8_t)(high << 4 | low);
		at++;
	}
	return length;
}

static int64_t
read_lines(FILE *file, const char *path, char *line, vg_capture_cb *on_datagram, void *arg,
	   struct vg_err *err)
{
	int64_t count = 0;

	for (int number = 1; fgets(line, LINE_MAX_BYTES, file) != NULL; number++) {
		struct vg_captured datagram = {.from.v6 = {.sin6_family = AF_INET6}};
		ssize_t length;

		line[strcspn(line, "#\r\n")] = '\0';
		length = parse_hex(line);
		if (length < 0 || length > VG_CAPTURE_DATAGRAM_MAX)
			return vg_err_set(err, VG_EINVALID,
					  "%s:%d: expected a capture of libpcap, or a datagram in "
					  "hex on each line",
					  path, number);
		if (length == 0)
			continue;
		datagram.bytes = (const uint8_t *)line;
		datagram.length = (size_t)length;
		count++;
		if (!on_datagram(&datagram, arg))
			break;
	}
	if (ferror(file))
		return vg_err_set(err, VG_EIO, "cannot read %s: %s", path, strerror(errno));
	return count;
}

static bool
is_pcap(FILE *file)
{
	static const uint32_t magics[] = {0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1,
					  0x0a0d0d0a};
	uint32_t magic = 0;

	if (fread(&magic, sizeof(magic), 1, file) == 1)
		for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
			if (magic == magics[i])
				return true;
	rewind(file);
	return false;
}

int64_t
vg_capture_read(const char *path, vg_capture_cb *on_datagram, void *arg, struct vg_err *err)
{
	char why[PCAP_ERRBUF_SIZE], *line = NULL;
	FILE *file = fopen(path, "re");
	pcap_t *pcap = NULL;
	int64_t rc;

	if (file == NULL)
		return vg_err_set(err, errno == ENOENT ? VG_ENOTFOUND : VG_EIO,
				  "cannot open %s: %s", path, strerror(errno));
	if (is_pcap(file)) {
		pcap = pcap_open_offline(path, why);
		rc = pcap == NULL ? vg_err_set(err, VG_EINVALID, "%s: %s", path, why)
				  : read_pcap(pcap, path, on_datagram, arg, err);
	} else {
		line = malloc(LINE_MAX_BYTES);
		rc = line == NULL ? vg_err_set(err, VG_ENOMEM, "out of memory")
				  : read_lines(file, path, line, on_datagram, arg, err);
	}
	if (pcap != NULL)
		pcap_close(pcap);
	free(line);
	(void)fclose(file);
	return rc;
}
