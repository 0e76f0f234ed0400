/* SPDX-License-Identifier: Apache-2.0 */
/* samzak8s: command line in, exit code out. Everything between is Lua (lua/samzak8s/commands). */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "embed.h"
#include "host.h"
#include "options.h"

static const char *lua_directory(const struct sk_options *o)
{
	const char *directory = NULL;
	for (size_t i = 0; i < o->count; i++)
		if (o->given[i].option != NULL && strcmp(o->given[i].option->name, "lua-dir") == 0)
			directory = o->given[i].value;
	return directory;
}

/* *clean: nothing of ours is still running, so the process may end in the ordinary way */
static int run(const struct sk_options *o, bool *clean)
{
	lua_State *L = sk_host_new(lua_directory(o));
	if (L == NULL) {
		fputs("samzak8s: error: not enough memory to start\n", stderr);
		return SK_EXIT_FAILED;
	}
	sk_options_push(L, o);
	int code = sk_host_run(L);
	*clean = sk_host_close(L);
	return code;
}

/* Data that did not reach stdout is a failure; quietly so when the reader has gone. */
static int flush(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	if (errno != EPIPE)
		fprintf(stderr, "samzak8s: error: stdout: cannot be written: %s\n", strerror(errno));
	return code == SK_EXIT_OK ? SK_EXIT_FAILED : code;
}

int main(int argc, char **argv)
{
	struct sk_options o;
	int code = SK_EXIT_OK;
	bool clean = true;
	setlocale(LC_CTYPE, ""); /* the terminal's character set; never the order of strings or the form of numbers */
	if (!sk_options_parse(&o, argc, argv)) {
		sk_options_free(&o);
		return SK_EXIT_USAGE;
	}
	if (o.version)
		printf("samzak8s %s\n", sk_version);
	else if (o.help)
		sk_options_help(&o, stdout);
	else
		code = run(&o, &clean);
	code = flush(code);
	sk_options_free(&o);
	if (!clean)
		_exit(code);
	return code;
}
