/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of samzak8s.native.jobmodel that have a file of their own. */
#ifndef SK_JOBMODEL_H
#define SK_JOBMODEL_H

#include <lua.h>

int sk_jobmodel_serialize(lua_State *L);
int sk_jobmodel_encode(lua_State *L);

#endif
