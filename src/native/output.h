/* SPDX-License-Identifier: Apache-2.0 */
/* Output that is complete or absent: a regular file is replaced by a rename, so that a failure leaves the earlier one. */
#ifndef SK_OUTPUT_H
#define SK_OUTPUT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct sk_output_failure {
	const char *code;              /* static: output.directory, output.missing, output.read-only or output.write */
	char message[PATH_MAX + 128]; /* why, without the path */
};

/* Write all bytes to an open descriptor, however many calls that takes; 0 or errno. */
int sk_output_all(int fd, const void *bytes, size_t length);

/* Make the file at `path` hold exactly the bytes. Follows symbolic links, also one to a file that is still missing; keeps
 * the mode, not the owner, of an earlier file. Devices, pipes and /dev/fd/N are written to as they are. */
bool sk_output_replace(const char *path, const void *bytes, size_t length, struct sk_output_failure *failure);

#endif
