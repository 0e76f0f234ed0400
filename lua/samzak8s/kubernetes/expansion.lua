-- SPDX-License-Identifier: Apache-2.0
--- What Kubernetes makes of `$(NAME)` and `$$` in a variable, a command or an argument.

--- @tparam string text
-- @tparam {[string]=string} variables those set before
-- @treturn string what the process sees
return function(text, variables)
	local out, at = {}, 1
	while true do
		local dollar = text:find("$", at, true)
		if not dollar then break end
		out[#out + 1] = text:sub(at, dollar - 1)
		local following = text:sub(dollar + 1, dollar + 1)
		local close = following == "(" and text:find(")", dollar + 2, true)
		if following == "$" then
			out[#out + 1], at = "$", dollar + 2
		elseif close then
			out[#out + 1], at = variables[text:sub(dollar + 2, close - 1)] or text:sub(dollar, close), close + 1
		else
			out[#out + 1], at = "$" .. following, dollar + 2
		end
	end
	out[#out + 1] = text:sub(at)
	return table.concat(out)
end
