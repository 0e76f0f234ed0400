/* SPDX-License-Identifier: Apache-2.0 */
/* What kubectl takes a plain YAML scalar for (sigs.k8s.io/yaml: YAML 1.1 booleans and integers, and 0o). */
#ifndef SK_YAML_RESOLVE_H
#define SK_YAML_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

enum sk_yaml_type {
	SK_YAML_STRING,
	SK_YAML_NULL,
	SK_YAML_BOOLEAN,
	SK_YAML_INTEGER,
	SK_YAML_FLOAT,
	SK_YAML_UNREADABLE, /* .inf and .nan, which end kubectl */
};

struct sk_yaml_scalar {
	enum sk_yaml_type type;
	bool boolean;
	long long integer;
	double number;
};

struct sk_yaml_scalar sk_yaml_resolve(const char *s, size_t length);

#endif
