/* SPDX-License-Identifier: Apache-2.0 */
#include "zk_hosts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char DEFAULT_PORT[] = "2181";

/* Java's String.trim: everything up to the space, control characters included. */
static bool is_blank(char c)
{
	return (unsigned char)c <= ' ';
}

static char *trim(char *text)
{
	size_t length;
	while (*text != '\0' && is_blank(*text))
		text++;
	length = strlen(text);
	while (length > 0 && is_blank(text[length - 1]))
		text[--length] = '\0';
	return text;
}

static bool is_port(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	long value;
	if (digits == 0 || digits > 5 || text[digits] != '\0')
		return false;
	value = strtol(text, NULL, 10);
	return value >= 1 && value <= 65535;
}

static bool host_parse(struct sk_zk_host *host, char *item, char *why, size_t size)
{
	char *colon = strrchr(item, ':');
	host->port = DEFAULT_PORT;
	host->name = item;
	if (*item == '[') {
		char *end = strchr(item, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':')) {
			snprintf(why, size, "'%s' is not [address]:port", item);
			return false;
		}
		colon = end[1] == ':' ? end + 1 : NULL;
		host->name = item + 1;
		*end = '\0';
	} else if (colon != NULL && strchr(item, ':') != colon) {
		snprintf(why, size, "'%s' has more than one colon: write an IPv6 address as [address]:port", item);
		return false;
	}
	if (colon != NULL) {
		host->port = colon + 1;
		if (!is_port(host->port)) {
			snprintf(why, size, "'%s' is not a port (1 to 65535)", host->port);
			return false;
		}
		*colon = '\0';
	}
	if (*host->name == '\0' || strpbrk(host->name, " \t\r\n\f") != NULL) {
		snprintf(why, size, "'%s' is not a host name", host->name);
		return false;
	}
	return true;
}

static bool chroot_parse(struct sk_zk_hosts *hosts, const char *chroot, char *why, size_t size)
{
	size_t length = strlen(chroot);
	hosts->chroot = "";
	if (length <= 1)
		return true;
	if (chroot[length - 1] == '/' || strstr(chroot, "//") != NULL) {
		snprintf(why, size, "the path %s ends with a slash or has an empty part", chroot);
		return false;
	}
	hosts->chroot = chroot;
	return true;
}

bool sk_zk_hosts_parse(struct sk_zk_hosts *hosts, const char *connect, char *why, size_t size)
{
	size_t length = strlen(connect), commas = 0;
	char *list, *slash, *item, *next;
	for (const char *c = connect; *c != '\0'; c++)
		commas += *c == ',';
	/* Twice the text: the chroot is copied behind the list, as the slash that starts it ends the last port. */
	hosts->text = malloc(2 * length + 2);
	hosts->list = calloc(commas + 1, sizeof *hosts->list);
	if (hosts->text == NULL || hosts->list == NULL) {
		snprintf(why, size, "out of memory");
		return false;
	}
	memcpy(hosts->text, connect, length + 1);
	list = trim(hosts->text);
	slash = strchr(list, '/');
	if (slash != NULL) {
		char *chroot = memcpy(hosts->text + length + 1, slash, strlen(slash) + 1);
		*slash = '\0';
		if (!chroot_parse(hosts, chroot, why, size))
			return false;
	} else {
		hosts->chroot = "";
	}
	for (item = list; item != NULL; item = next) {
		next = strchr(item, ',');
		if (next != NULL)
			*next++ = '\0';
		item = trim(item);
		if (*item == '\0')
			continue;
		if (!host_parse(&hosts->list[hosts->count], item, why, size))
			return false;
		hosts->count++;
	}
	if (hosts->count == 0) {
		snprintf(why, size, "no server is named");
		return false;
	}
	return true;
}

void sk_zk_hosts_free(struct sk_zk_hosts *hosts)
{
	free(hosts->text);
	free(hosts->list);
	memset(hosts, 0, sizeof *hosts);
}
