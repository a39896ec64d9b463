/* HL7 version 2 over MLLP: a test message out, an acknowledgement in.
 *
 * Frames are 0x0B, the message, 0x1C 0x0D. Nothing of a message is kept but its codes: the text of
 * an acknowledgement may name a patient. */
#ifndef VG_MLLP_MESSAGE_H
#define VG_MLLP_MESSAGE_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define VG_MLLP_MESSAGE_MAX (64 << 10)
#define VG_MLLP_ID_MAX	    20 /* bytes of a control id (MSH-10) in every version */

/* The application-management query NMQ^N01 with processing id D (debugging), which changes nothing
 * at the receiver. */
extern const char vg_mllp_built_in[];

/* The message in its frame, malloc'ed (*length bytes): line ends become the standard's CR, and
 * MSH-7 and MSH-10 become `stamp` (YYYYMMDDHHMMSS) and `control_id`. VG_EINVALID: it does not begin
 * with an MSH segment that has those fields, or has bytes of the frame. VG_ELIMIT: too long. */
VG_MUST_CHECK int vg_mllp_request(char **out, size_t *length, const char *message,
				  const char *stamp, const char *control_id, struct vg_err *err);

/* Whether a frame has ended within these bytes. */
bool vg_mllp_complete(const char *bytes, size_t length);

struct vg_mllp_ack {
	char code[3];			     /* MSA-1: AA, AE, AR, CA, CE, CR */
	char control_id[VG_MLLP_ID_MAX + 1]; /* MSA-2: of the message that is answered */
};

/* Reads one frame. VG_EPROTO: it is none, or holds no acknowledgement; the text says what was
 * expected. */
VG_MUST_CHECK int vg_mllp_ack_parse(const char *bytes, size_t length, struct vg_mllp_ack *ack,
				    struct vg_err *err);

#endif
