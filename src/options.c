/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nearest.h"

#define SECONDS_MAX 86400
#define MEBIBYTE_MAX 1048576

static void usage_hint(void)
{
	fputs("  hint: samzak8s --help lists commands and options\n", stderr);
}

static bool usage_error(const char *what, const char *word, const char *nearest, const char *sigil)
{
	fprintf(stderr, "samzak8s: error: command line: %s '%s'\n", what, word);
	if (nearest != NULL)
		fprintf(stderr, "  hint: did you mean '%s%s'?\n", sigil, nearest);
	else
		usage_hint();
	return false;
}

static const struct sk_command *command_find(const char *name)
{
	for (const struct sk_command *c = sk_command_table; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static const struct sk_option *option_find(const char *name, size_t length)
{
	for (const struct sk_option *o = sk_option_table; o->name != NULL; o++)
		if (strlen(o->name) == length && memcmp(o->name, name, length) == 0)
			return o;
	return NULL;
}

static const struct sk_option *option_find_letter(char letter)
{
	for (const struct sk_option *o = sk_option_table; o->name != NULL; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

/* Is `word` one of the items of `list`, which `separator` divides? */
static bool word_in(const char *list, char separator, const char *word)
{
	size_t length = strlen(word);
	while (list != NULL) {
		const char *end = strchr(list, separator);
		size_t here = end != NULL ? (size_t)(end - list) : strlen(list);
		if (here == length && memcmp(list, word, length) == 0)
			return true;
		list = end != NULL ? end + 1 : NULL;
	}
	return false;
}

static bool value_number(const char *text, long max, long *out)
{
	char *end;
	errno = 0;
	*out = strtol(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && *out >= 1 && *out <= max && text[0] >= '0' && text[0] <= '9';
}

static bool value_check(const struct sk_option *o, const char *value)
{
	long number;
	switch (o->takes) {
	case SK_SECONDS:
	case SK_MEBIBYTE:
		if (value_number(value, o->takes == SK_SECONDS ? SECONDS_MAX : MEBIBYTE_MAX, &number))
			return true;
		fprintf(stderr, "samzak8s: error: command line: --%s: '%s' is not a whole number from 1 to %d\n", o->name, value,
			o->takes == SK_SECONDS ? SECONDS_MAX : MEBIBYTE_MAX);
		usage_hint();
		return false;
	case SK_CHOICE:
		if (word_in(o->value, '|', value))
			return true;
		fprintf(stderr, "samzak8s: error: command line: --%s: '%s' is none of %s\n", o->name, value, o->value);
		usage_hint();
		return false;
	case SK_PAIR:
		if (strchr(value, '=') != NULL)
			return true;
		/* the text may be a password whose '=' was forgotten: do not repeat it */
		fprintf(stderr, "samzak8s: error: command line: %s%s wants KEY=VALUE, and its value has no '='\n",
			o->name[1] != '\0' ? "--" : "-", o->name);
		usage_hint();
		return false;
	default:
		return true;
	}
}

static bool given_add(struct sk_options *o, const struct sk_option *option, const char *value)
{
	struct sk_given *given = realloc(o->given, (o->count + 1) * sizeof *given);
	if (given == NULL) {
		fputs("samzak8s: error: command line: not enough memory\n", stderr);
		return false;
	}
	o->given = given;
	o->given[o->count++] = (struct sk_given){ option, value };
	if (option != NULL && strcmp(option->name, "help") == 0)
		o->help = true;
	if (option != NULL && strcmp(option->name, "version") == 0)
		o->version = true;
	return true;
}

/* Take the option at argv[*i], whose name is `name`; `inline_value` is what stood behind '=' or behind the letter. */
static bool option_take(struct sk_options *o, const struct sk_option *option, const char *inline_value, int argc, char **argv, int *i)
{
	const char *shown = argv[*i];
	if (option->takes == SK_FLAG) {
		if (inline_value != NULL)
			return usage_error("this option takes no value:", shown, NULL, "");
		return given_add(o, option, NULL);
	}
	if (inline_value == NULL) {
		if (*i + 1 >= argc)
			return usage_error("a value is missing behind", shown, NULL, "");
		inline_value = argv[++*i];
	}
	return value_check(option, inline_value) && given_add(o, option, inline_value);
}

static bool option_long(struct sk_options *o, int argc, char **argv, int *i)
{
	const char *name = argv[*i] + 2;
	const char *equals = strchr(name, '=');
	size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
	const struct sk_option *option = option_find(name, length);
	if (option == NULL || length < 2) {
		const char *best = NULL;
		size_t distance = SK_NEAREST_MAX;
		char word[64];
		snprintf(word, sizeof word, "%.*s", (int)(length < 63 ? length : 63), name);
		for (const struct sk_option *t = sk_option_table; t->name != NULL; t++)
			if (t->name[1] != '\0')
				best = sk_nearest(word, t->name, best, &distance);
		char shown[68];
		snprintf(shown, sizeof shown, "--%s", word);
		return usage_error("unknown option", shown, best, "--");
	}
	return option_take(o, option, equals != NULL ? equals + 1 : NULL, argc, argv, i);
}

static bool option_letters(struct sk_options *o, int argc, char **argv, int *i)
{
	for (const char *p = argv[*i] + 1; *p != '\0'; p++) {
		const struct sk_option *option = option_find_letter(*p);
		if (option == NULL)
			return usage_error("unknown option", argv[*i], NULL, "");
		if (option->takes != SK_FLAG)
			return option_take(o, option, p[1] != '\0' ? p + 1 : NULL, argc, argv, i);
		if (!given_add(o, option, NULL))
			return false;
	}
	return true;
}

/* The first operand: a command, or a file of `generate` when it holds a '/' or a '.'. */
static bool command_take(struct sk_options *o, const char *word)
{
	o->command = command_find(word);
	if (o->command != NULL)
		return true;
	o->command = &sk_command_table[0];
	if (strpbrk(word, "/.") != NULL)
		return given_add(o, NULL, word);
	const char *best = NULL;
	size_t distance = SK_NEAREST_MAX;
	for (const struct sk_command *c = sk_command_table; c->name != NULL; c++)
		best = sk_nearest(word, c->name, best, &distance);
	return usage_error("unknown command", word, best, "samzak8s ");
}

static bool commands_agree(const struct sk_options *o)
{
	for (size_t i = 0; i < o->count; i++) {
		const struct sk_option *option = o->given[i].option;
		if (option != NULL && option->commands != NULL && !word_in(option->commands, ' ', o->command->name)) {
			fprintf(stderr, "samzak8s: error: command line: %s%s does not belong to '%s', but to: %s\n",
				option->name[1] != '\0' ? "--" : "-", option->name, o->command->name, option->commands);
			usage_hint();
			return false;
		}
	}
	return true;
}

static bool operands_given(const struct sk_options *o)
{
	if (o->command->operands[0] == '[')
		return true;
	for (size_t i = 0; i < o->count; i++) {
		const struct sk_option *option = o->given[i].option;
		if (option == NULL || strncmp(option->name, "config", strlen("config")) == 0)
			return true;
	}
	fprintf(stderr, "samzak8s: error: command line: %s is missing\n", o->command->operands);
	usage_hint();
	return false;
}

bool sk_options_parse(struct sk_options *o, int argc, char **argv)
{
	bool words_only = false;
	memset(o, 0, sizeof *o);
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		bool fine;
		if (words_only || word[0] != '-' || word[1] == '\0')
			fine = o->command == NULL ? command_take(o, word) : given_add(o, NULL, word);
		else if (strcmp(word, "--") == 0)
			fine = words_only = true;
		else
			fine = word[1] == '-' ? option_long(o, argc, argv, &i) : option_letters(o, argc, argv, &i);
		if (!fine)
			return false;
	}
	if (o->help || o->version)
		return true;
	if (o->command == NULL)
		o->command = &sk_command_table[0];
	return commands_agree(o) && operands_given(o);
}

void sk_options_free(struct sk_options *o)
{
	free(o->given);
	memset(o, 0, sizeof *o);
}

static void help_option(const struct sk_option *t, FILE *to)
{
	char left[64];
	bool one_letter = t->name[1] == '\0';
	if (one_letter)
		snprintf(left, sizeof left, "-%s", t->name);
	else if (t->letter != 0)
		snprintf(left, sizeof left, "-%c, --%s", t->letter, t->name);
	else
		snprintf(left, sizeof left, "    --%s", t->name);
	if (t->value != NULL) {
		size_t used = strlen(left);
		snprintf(left + used, sizeof left - used, "%s%s", one_letter ? " " : "=", t->value);
	}
	fprintf(to, "  %-34s %s\n", left, t->help);
}

void sk_options_help(const struct sk_options *o, FILE *to)
{
	if (o->command != NULL) {
		fprintf(to, "usage: samzak8s %s [OPTIONS] %s\n\n%s\n\n", o->command->name, o->command->operands, o->command->help);
		for (const struct sk_option *t = sk_option_table; t->name != NULL; t++)
			if (t->commands != NULL && word_in(t->commands, ' ', o->command->name))
				help_option(t, to);
		fputs("\nsamzak8s --help lists the options of all commands.\n", to);
		return;
	}
	fputs("usage: samzak8s [COMMAND] [OPTIONS] JOB.properties ...\n\n"
	      "Writes the Kubernetes manifests that run an Apache Samza job.\n\ncommands (without one: generate):\n", to);
	for (const struct sk_command *c = sk_command_table; c->name != NULL; c++)
		fprintf(to, "  %-11s %-18s %s\n", c->name, c->operands, c->help);
	fputs("\noptions:\n", to);
	for (const struct sk_option *t = sk_option_table; t->name != NULL; t++)
		if (t->commands == NULL)
			help_option(t, to);
	fputs("\nof one command:\n", to);
	for (const struct sk_option *t = sk_option_table; t->name != NULL; t++)
		if (t->commands != NULL)
			help_option(t, to);
	fputs("\nexit: 0 ok, 1 failed, 2 differs or findings, 64 wrong usage, 130 interrupted\n", to);
}
