-- SPDX-License-Identifier: Apache-2.0
--- Modules that most runs do not need: loaded when one of their functions is first used. Parsing costs more than running here.

--- @tparam string name as given to require; a module that is a table
-- @treturn table stands for the module
return function(name)
	return setmetatable({}, {
		__index = function(self, key)
			local value = require(name)[key]
			rawset(self, key, value)
			return value
		end,
	})
end
