/* SPDX-License-Identifier: Apache-2.0 */
/* A ZooKeeper connect string: host[:port],host[:port]...[/chroot]. Free of lua.h. */
#ifndef SK_ZK_HOSTS_H
#define SK_ZK_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

struct sk_zk_host {
	const char *name; /* without the brackets of an IPv6 address */
	const char *port; /* decimal digits, 1 to 65535 */
};

struct sk_zk_hosts {
	char *text;              /* owned; the names, ports and chroot point into it */
	struct sk_zk_host *list; /* owned */
	size_t count;
	const char *chroot; /* "" when there is none, else "/name..." */
};

/* Fill `hosts` (zeroed by the caller) from a connect string. False with a reason in `why` when the string is not one;
 * sk_zk_hosts_free is to be called in either case.
 * Everything from the first '/' is the chroot; a lone '/' is none. Empty items and blanks around items are ignored; the
 * port is 2181 unless given. */
bool sk_zk_hosts_parse(struct sk_zk_hosts *hosts, const char *connect, char *why, size_t size);
void sk_zk_hosts_free(struct sk_zk_hosts *hosts);

#endif
