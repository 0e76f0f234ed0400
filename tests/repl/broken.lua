-- SPDX-License-Identifier: Apache-2.0
local function fail()
	error("no luck")
end

fail()
print("never")
