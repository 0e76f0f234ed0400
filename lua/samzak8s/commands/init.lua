-- SPDX-License-Identifier: Apache-2.0
--- From the command line to a command; every command is `command(options, reporter) -> exit code`.
local report = require("samzak8s.report")

-- Commands whose first operand (or all) is a name or folder rather than a properties file.
local leading = { show = math.huge, test = math.huge, lint = math.huge, explain = 1 }

-- Operands to `operands`, the rest to `files`, in the order of the command line.
local function split(options)
	options.files, options.operands = {}, {}
	for i, pair in ipairs(options.x or {}) do options.x[i] = { pair.key, pair.value } end
	local left = leading[options.command] or 0
	for _, argument in ipairs(options.arguments or {}) do
		if left > 0 and not argument.uri then
			left = left - 1
			table.insert(options.operands, argument.path)
		else
			table.insert(options.files, argument)
		end
	end
end

--- @tparam table options of the command line
-- @treturn integer exit code
return function(options)
	split(options)
	local reporter = report.new(options)
	local code = require("samzak8s.commands." .. options.command)(options, reporter)
	reporter:flush()
	return code
end
