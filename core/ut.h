/* uthash with our out-of-memory rule; include this, never uthash.h. */
#ifndef VG_CORE_UT_H
#define VG_CORE_UT_H

#pragma GCC system_header

#define HASH_NONFATAL_OOM	     1
#define uthash_nonfatal_oom(element) ((void)(element))
#include "core/assert.h"
#include <uthash.h>
#include <utlist.h>

#undef assert /* of utlist's macros: the core writes nowhere */
#define assert(condition) VG_ASSERT(condition)

#endif
