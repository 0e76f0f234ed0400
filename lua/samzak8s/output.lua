-- SPDX-License-Identifier: Apache-2.0
--- Data to stdout, for all commands: a failure is reported, except that the reader has gone.
local system = require("samzak8s.native.system")

--- @tparam string text
-- @tparam Report reporter
-- @treturn integer exit code
return function(text, reporter)
	local ok, err = system.stdout(text)
	if ok then return 0 end
	if err.code ~= "output.closed" then reporter:error(err) end
	return 1
end
