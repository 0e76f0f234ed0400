-- SPDX-License-Identifier: Apache-2.0
--- What of a session may be kept in a file.
local keys = require("samzak8s.keys")

local M = {}

--- Whether a statement names a secret property, or holds the value of one: it is then not written to the history.
-- @tparam Session session
-- @tparam string text
-- @treturn boolean
function M.names_secret(session, text)
	for word in text:gmatch("[%w_.%-]+") do
		if keys.secret(word) then return true end
	end
	local config = session:known_config()
	for key, value in next, config and config.raw or {} do
		if keys.secret(key) and #value > 3 and text:find(value, 1, true) then return true end
	end
	return false
end

return M
