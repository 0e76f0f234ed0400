/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: which words there are, what each takes, and what the user gave, in order. */
#ifndef SK_OPTIONS_H
#define SK_OPTIONS_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum sk_exit {
	SK_EXIT_OK = 0,
	SK_EXIT_FAILED = 1,
	SK_EXIT_DIFFERS = 2,
	SK_EXIT_USAGE = 64,
	SK_EXIT_INTERRUPTED = 130,
};

enum sk_takes {
	SK_FLAG,     /* no value */
	SK_TEXT,     /* the last one given counts */
	SK_CHOICE,   /* text out of a list */
	SK_SECONDS,  /* a positive whole number, kept in ms */
	SK_MEBIBYTE, /* a positive whole number, kept in bytes */
	SK_LIST,     /* text, repeatable */
	SK_PAIR,     /* KEY=VALUE, split at the first '=', repeatable */
};

struct sk_option {
	const char *name;     /* without the dashes */
	char letter;          /* one-letter form, or 0 */
	enum sk_takes takes;
	const char *field;    /* name in the Lua table */
	const char *value;    /* what the help calls its value; for SK_CHOICE the choices, "a|b" */
	const char *commands; /* the commands that know it, space-separated; NULL: all */
	const char *help;
};

struct sk_command {
	const char *name;
	const char *operands; /* "JOB.properties ..." may be left out when --config gives the properties, "[...]" always */
	const char *help;
};

struct sk_given {
	const struct sk_option *option; /* NULL: an operand */
	const char *value;
};

struct sk_options {
	const struct sk_command *command;
	struct sk_given *given; /* owned; in the order of the command line */
	size_t count;
	bool help, version;
};

/* The tables behind the parser, each ended by a NULL name. */
extern const struct sk_option sk_option_table[];
extern const struct sk_command sk_command_table[];

/* Parse argv. On wrong usage print one diagnostic to stderr and return false. */
bool sk_options_parse(struct sk_options *o, int argc, char **argv);
void sk_options_free(struct sk_options *o);
void sk_options_help(const struct sk_options *o, FILE *to);

/* Push the table that the commands read: `arguments` keeps operands and --config-path in order. */
void sk_options_push(lua_State *L, const struct sk_options *o);

#endif
