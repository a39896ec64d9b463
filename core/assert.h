/* Assertions that stay on in release builds, and the attributes that every header uses. */
#ifndef VG_CORE_ASSERT_H
#define VG_CORE_ASSERT_H

#define VG_MUST_CHECK __attribute__((warn_unused_result))

/* Ends the process: a broken invariant would become a wrong figure. */
void vg_panic(const char *file, int line, const char *condition) __attribute__((noreturn));

#define VG_ASSERT(condition) ((condition) ? (void)0 : vg_panic(__FILE__, __LINE__, #condition))

#endif
