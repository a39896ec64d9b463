/* Hashes against published values, and the ledger's two digests against their definition. */
#include "lib/crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* FIPS 180-4 examples, and the empty message. */
static const struct {
	const char *text, *hex;
} hashes[] = {
	{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static void
sha256_gives_published_values(void **state)
{
	uint8_t digest[VG_SHA256_LEN];
	char hex[VG_HEX_LEN(VG_SHA256_LEN)];

	(void)state;
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		vg_sha256(hashes[i].text, strlen(hashes[i].text), digest);
		assert_string_equal(vg_hex(digest, sizeof(digest), hex), hashes[i].hex);
	}
}

static void
pieces_hash_like_the_whole(void **state)
{
	static const char text[] = "Vinga fyr, Göteborgs skärgård";
	uint8_t whole[VG_SHA256_LEN], pieces[VG_SHA256_LEN];
	struct vg_sha256_state *sha;

	(void)state;
	vg_sha256(text, sizeof(text), whole);
	for (size_t cut = 0; cut <= sizeof(text); cut++) {
		sha = vg_sha256_begin();
		assert_non_null(sha);
		vg_sha256_add(sha, text, cut);
		vg_sha256_add(sha, text + cut, sizeof(text) - cut);
		vg_sha256_end(sha, pieces);
		assert_memory_equal(pieces, whole, sizeof(whole));
	}
	vg_sha256_end(vg_sha256_begin(), NULL); /* given up half-way: nothing leaks */
	vg_sha256_end(NULL, NULL);
}

/* RFC 4231, cases 1, 2 and 6 (a key longer than a block). */
static void
hmac_gives_published_values(void **state)
{
	static const char long_text[] = "Test Using Larger Than Block-Size Key - Hash Key First";
	uint8_t key[131], digest[VG_SHA256_LEN];
	char hex[VG_HEX_LEN(VG_SHA256_LEN)];

	(void)state;
	memset(key, 0x0b, 20);
	vg_hmac_sha256(key, 20, "Hi There", 8, digest);
	assert_string_equal(vg_hex(digest, sizeof(digest), hex),
			    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	vg_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, digest);
	assert_string_equal(vg_hex(digest, sizeof(digest), hex),
			    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	vg_hmac_sha256(key, sizeof(key), long_text, strlen(long_text), digest);
	assert_string_equal(vg_hex(digest, sizeof(digest), hex),
			    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* seq and received_ms stand first, most significant byte first. */
static void
ledger_digests_are_as_defined(void **state)
{
	static const char row[] = "\0\0\0\0\0\0\x01\x02\0\0\x01\x9a\xbc\xde\xf0\x12{\"v\":1}";
	uint8_t want[2 * VG_SHA256_LEN], got[VG_SHA256_LEN], d[VG_SHA256_LEN];

	(void)state;
	vg_sha256(row, sizeof(row) - 1, d);
	vg_ledger_digest(0x102, 0x19abcdef012, "{\"v\":1}", 7, got);
	assert_memory_equal(got, d, sizeof(d));
	memset(want, 0x5c, VG_SHA256_LEN);
	memcpy(want + VG_SHA256_LEN, d, sizeof(d));
	vg_ledger_chain(want, d, got);
	vg_sha256(want, sizeof(want), d);
	assert_memory_equal(got, d, sizeof(d));
}

static void
chain_may_be_continued_in_place(void **state)
{
	uint8_t head[VG_SHA256_LEN] = {1}, d[VG_SHA256_LEN] = {2}, h[VG_SHA256_LEN];

	(void)state;
	vg_ledger_chain(head, d, h);
	vg_ledger_chain(head, d, head);
	assert_memory_equal(head, h, sizeof(h));
}

static void
hex_reads_back_and_refuses_what_it_did_not_write(void **state)
{
	static const char *const bad[] = {"", "0", "00f", "00fff", "00fg", "0 f0", "00ff00"};
	uint8_t bytes[2] = {0x00, 0xf1}, back[2];
	char hex[VG_HEX_LEN(2)];

	(void)state;
	assert_string_equal(vg_hex(bytes, 2, hex), "00f1");
	assert_int_equal(vg_unhex(hex, back, 2), 0);
	assert_memory_equal(back, bytes, 2);
	assert_int_equal(vg_unhex("00F1", back, 2), 0);
	assert_memory_equal(back, bytes, 2);
	assert_int_equal(vg_unhex("", back, 0), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(vg_unhex(bad[i], back, 2), VG_EINVALID);
}

static void
random_bytes_differ(void **state)
{
	uint8_t a[16] = {0}, b[16] = {0};

	(void)state;
	vg_random(a, sizeof(a));
	vg_random(b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

static void
secrets_compare_by_content(void **state)
{
	(void)state;
	assert_true(vg_equal_secret("token-1", "token-1", 7));
	assert_false(vg_equal_secret("token-1", "token-2", 7));
	assert_true(vg_equal_secret("a", "b", 0));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_gives_published_values),
		cmocka_unit_test(pieces_hash_like_the_whole),
		cmocka_unit_test(hmac_gives_published_values),
		cmocka_unit_test(ledger_digests_are_as_defined),
		cmocka_unit_test(chain_may_be_continued_in_place),
		cmocka_unit_test(hex_reads_back_and_refuses_what_it_did_not_write),
		cmocka_unit_test(random_bytes_differ),
		cmocka_unit_test(secrets_compare_by_content),
	};

	return cmocka_run_group_tests_name("crypto", tests, NULL, NULL);
}
