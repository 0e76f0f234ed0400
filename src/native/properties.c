/* SPDX-License-Identifier: Apache-2.0 */
#include "properties.h"

#include <string.h>

#include "utf8.h"

struct natural {
	const unsigned char *text; /* after the leading blanks */
	size_t length;             /* without the line's end and without the backslash that continues it */
	bool continued;
};

static bool is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\f';
}

static bool is_separator(unsigned char c)
{
	return c == '=' || c == ':';
}

/* Read the natural line at `c`; false at the end of the bytes. */
static bool natural_read(const struct sk_properties *p, struct sk_properties_cursor *c, struct natural *line)
{
	if (c->at == p->length)
		return false;
	const unsigned char *b = p->bytes;
	size_t begin = c->at, end = begin;
	while (end < p->length && b[end] != '\n' && b[end] != '\r')
		end++;
	c->at = end;
	if (c->at < p->length)
		c->at += b[end] == '\r' && end + 1 < p->length && b[end + 1] == '\n' ? 2 : 1;
	c->line++;

	while (begin < end && is_blank(b[begin]))
		begin++;
	size_t slashes = 0;
	while (slashes < end - begin && b[end - 1 - slashes] == '\\')
		slashes++;
	line->text = b + begin;
	line->continued = slashes % 2 == 1;
	line->length = end - begin - slashes % 2;
	return true;
}

/* Join the next logical line; false when there is none. A lone '\' adds nothing, not even the start of a line:
 * what follows it may still be a comment. */
static bool logical_read(struct sk_properties *p)
{
	struct sk_properties_cursor before = p->next;
	struct natural line;
	p->logical.length = 0;
	for (; natural_read(p, &p->next, &line); before = p->next) {
		if (p->logical.length == 0) {
			if (line.length == 0 || line.text[0] == '#' || line.text[0] == '!')
				continue;
			p->start = before;
		}
		sk_buf_append(&p->logical, line.text, line.length);
		if (!line.continued || sk_buf_failed(&p->logical))
			return true;
	}
	return p->logical.length > 0;
}

/* The natural line that holds byte `offset` of the logical line. Walks the logical line again. */
static size_t logical_line_of(const struct sk_properties *p, size_t offset)
{
	struct sk_properties_cursor c = p->start;
	struct natural line;
	size_t joined = 0;
	while (joined <= offset && natural_read(p, &c, &line))
		joined += line.length;
	return c.line;
}

static void note_high_byte(struct sk_properties *p)
{
	const char *text = p->logical.data;
	for (size_t i = p->start.at == 0 && sk_properties_marked(p) ? 3 : 0; i < p->logical.length; i++) {
		if ((unsigned char)text[i] >= 0x80) {
			p->high_line = logical_line_of(p, i);
			return;
		}
	}
}

/* The value of four hex digits, -1 when they are not. */
static long hex4(const char *s)
{
	long code = 0;
	for (int i = 0; i < 4; i++) {
		char c = s[i];
		int digit;
		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if (c >= 'a' && c <= 'f')
			digit = c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			digit = c - 'A' + 10;
		else
			return -1;
		code = code * 16 + digit;
	}
	return code;
}

/* Append one UTF-16 unit. `*high` is a first half that waits for its second, or 0. */
static void put_unit(struct sk_properties *p, struct sk_buf *out, unsigned long unit, unsigned long *high)
{
	bool second = unit >= 0xDC00 && unit <= 0xDFFF;
	if (*high != 0 && second) {
		sk_utf8_append(out, 0x10000 + ((*high - 0xD800) << 10) + (unit - 0xDC00));
		*high = 0;
		return;
	}
	if (*high != 0 || second) {
		sk_buf_char(out, '?');
		p->unpaired++;
	}
	*high = 0;
	if (unit >= 0xD800 && unit <= 0xDBFF)
		*high = unit;
	else if (!second)
		sk_utf8_append(out, unit);
}

/* Unescape the bytes [from, to) of the logical line; false, with `line` set, at a malformed \u. */
static bool unescape(struct sk_properties *p, struct sk_buf *out, size_t from, size_t to)
{
	const char *s = p->logical.data;
	unsigned long high = 0;
	out->length = 0;
	for (size_t i = from; i < to; i++) {
		unsigned long unit = (unsigned char)s[i];
		if (unit == '\\') {
			if (++i == to)
				break;
			unit = (unsigned char)s[i];
			if (unit == 'u') {
				long code = to - i > 4 ? hex4(s + i + 1) : -1;
				if (code < 0) {
					p->line = logical_line_of(p, i);
					return false;
				}
				unit = (unsigned long)code;
				i += 4;
			} else if (unit == 't') {
				unit = '\t';
			} else if (unit == 'n') {
				unit = '\n';
			} else if (unit == 'r') {
				unit = '\r';
			} else if (unit == 'f') {
				unit = '\f';
			}
		}
		put_unit(p, out, unit, &high);
	}
	if (high != 0) {
		sk_buf_char(out, '?');
		p->unpaired++;
	}
	return true;
}

void sk_properties_start(struct sk_properties *p, const void *bytes, size_t length)
{
	p->bytes = bytes;
	p->length = length;
}

enum sk_properties_result sk_properties_next(struct sk_properties *p)
{
	if (!logical_read(p))
		return SK_PROPERTIES_END;
	if (sk_buf_failed(&p->logical))
		return SK_PROPERTIES_MEMORY;
	p->line = p->start.line + 1;
	p->unpaired = 0;
	if (p->high_line == 0)
		note_high_byte(p);

	const unsigned char *s = (const unsigned char *)p->logical.data;
	size_t length = p->logical.length, end = 0;
	bool escaped = false;
	while (end < length && (escaped || !(is_blank(s[end]) || is_separator(s[end])))) {
		escaped = s[end] == '\\' && !escaped;
		end++;
	}
	size_t value = end;
	while (value < length && is_blank(s[value]))
		value++;
	if (value < length && is_separator(s[value]))
		value++;
	while (value < length && is_blank(s[value]))
		value++;

	if (!unescape(p, &p->key, 0, end) || !unescape(p, &p->value, value, length))
		return SK_PROPERTIES_MALFORMED;
	if (sk_buf_failed(&p->key) || sk_buf_failed(&p->value))
		return SK_PROPERTIES_MEMORY;
	return SK_PROPERTIES_ENTRY;
}

bool sk_properties_marked(const struct sk_properties *p)
{
	return p->length >= 3 && memcmp(p->bytes, "\xEF\xBB\xBF", 3) == 0;
}

void sk_properties_free(struct sk_properties *p)
{
	sk_buf_free(&p->key);
	sk_buf_free(&p->value);
	sk_buf_free(&p->logical);
}
