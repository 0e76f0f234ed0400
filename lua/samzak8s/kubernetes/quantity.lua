-- SPDX-License-Identifier: Apache-2.0
--- Kubernetes quantities (`1Gi`, `500m`, `1e3`): the API server's grammar, exact comparison, and what a user can mean.
-- Pure Lua without `require`, so that it also runs where policies run.
local M = {}

local DECIMAL = { n = -9, u = -6, m = -3, [""] = 0, k = 3, M = 6, G = 9, T = 12, P = 15, E = 18 }
local BINARY = { Ki = 1, Mi = 2, Gi = 3, Ti = 4, Pi = 5, Ei = 6 }
local MAX_NANO = "9223372036854775807000000000" -- 2^63-1, where the server caps
local MAX_EXPONENT = 60

-- Multiply a string of decimal digits by 1024.
local function times_1024(digits)
	local out, carry = {}, 0
	for i = #digits, 1, -1 do
		carry = carry + (digits:byte(i) - 48) * 1024
		out[#out + 1] = carry % 10
		carry = carry // 10
	end
	return (carry > 0 and tostring(carry) or "") .. table.concat(out):reverse()
end

local function increment(digits)
	local nines = #digits:match("9*$")
	local head = digits:sub(1, #digits - nines)
	if head == "" then return "1" .. ("0"):rep(nines) end
	return head:sub(1, -2) .. string.char(head:byte(-1) + 1) .. ("0"):rep(nines)
end

local function below(a, b)
	if #a ~= #b then return #a < #b end
	return a < b
end

-- The power of ten and the number of factors 1024 that a suffix stands for.
local function scale(suffix)
	if BINARY[suffix] then return 0, BINARY[suffix] end
	if DECIMAL[suffix] then return DECIMAL[suffix], 0 end
	local sign, digits = suffix:match("^[eE]([+-]?)(%d+)$")
	if not digits then return nil end
	local n = #digits:gsub("^0+", "") > 3 and 1000 or math.tointeger(tonumber(digits))
	return sign == "-" and -n or n, 0
end

--- Read a quantity.
-- @tparam string text such as "1.5Gi"
-- @treturn {negative=boolean,nano=string,rounded=boolean,suffix=string}|nil `nano`: the amount in 10^-9, decimal digits
-- without leading zeros, rounded up (`rounded`) and capped at 2^63-1 as on the server; nil when it is no quantity
function M.parse(text)
	local sign, int, rest = text:match("^([+-]?)(%d*)(.*)$")
	local frac, suffix = rest:match("^%.(%d*)(.*)$")
	if not frac then frac, suffix = "", rest end
	if int == "" and frac == "" and rest:sub(1, 1) ~= "." then return nil end -- the server takes a lone "." for 0
	local ten, factors = scale(suffix)
	if not ten then return nil end
	local nano, rounded = (int .. frac):gsub("^0+", ""), false
	ten = ten - #frac + 9
	if nano ~= "" and ten > MAX_EXPONENT then nano, ten = MAX_NANO, 0 end
	for _ = 1, factors do nano = times_1024(nano) end
	if ten >= 0 then
		nano = nano == "" and "" or nano .. ("0"):rep(ten)
	else
		local cut = nano:sub(math.max(#nano + ten, 0) + 1)
		nano = nano:sub(1, math.max(#nano + ten, 0))
		if cut:find("[1-9]") then nano, rounded = increment(nano), true end
	end
	if nano == "" then nano = "0" end
	if below(MAX_NANO, nano) then nano = MAX_NANO end
	return { negative = sign == "-" and nano ~= "0", nano = nano, rounded = rounded, suffix = suffix }
end

--- Compare two parsed quantities.
-- @treturn integer -1, 0 or 1
function M.compare(a, b)
	if a.negative ~= b.negative then return a.negative and -1 or 1 end
	if a.nano == b.nano then return 0 end
	return (below(a.nano, b.nano) ~= a.negative) and -1 or 1
end

--- A parsed quantity as a whole number of 10^-9 times ten to the `zeros`: of bytes with 9, of thousandths with 6.
-- @treturn integer rounded down
function M.amount(q, zeros)
	local digits = q.nano:sub(1, -zeros - 1)
	return digits == "" and 0 or math.tointeger(tonumber(digits)) * (q.negative and -1 or 1)
end

-- Is the amount a whole multiple of 10^-(9-zeros)?
local function whole(q, zeros)
	return not q.rounded and (q.nano == "0" or q.nano:sub(-zeros) == ("0"):rep(zeros) and #q.nano > zeros)
end

--- Check a quantity for what it is used for; stricter than the server, which rounds or only warns.
-- @tparam string kind "cpu", or "memory" for anything counted in bytes
-- @tparam string text
-- @tparam[opt] boolean zero allow 0 (a request may be)
-- @treturn table|nil the parsed quantity, or nil, what is wrong, and what to write instead
function M.check(kind, text, zero)
	local hint = kind == "cpu" and "write cores or thousandths of a core, such as 1, 0.5 or 500m"
		or "write bytes with a suffix, such as 512Mi, 1Gi or 1G"
	local q = type(text) == "string" and M.parse(text)
	if not q then return nil, ('"%s" is not a Kubernetes quantity'):format(tostring(text)), hint end
	if q.negative then return nil, ('"%s" is negative'):format(text), hint end
	if q.nano == "0" and not zero then return nil, ('"%s" is nothing at all'):format(text), hint end
	if kind == "cpu" then
		if not whole(q, 6) then return nil, ('"%s" is finer than a thousandth of a core'):format(text), hint end
	elseif q.suffix == "m" or q.suffix == "u" or q.suffix == "n" then
		return nil, ('"%s" counts fractions of a byte ("%s" is no megabyte)'):format(text, q.suffix), hint
	elseif not whole(q, 9) then
		return nil, ('"%s" is not a whole number of bytes'):format(text), hint
	end
	if q.nano == MAX_NANO then return nil, ('"%s" is more than 2^63-2'):format(text), hint end
	return q
end

return M
