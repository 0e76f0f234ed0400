local function fail()
	error("no luck")
end

fail()
print("never")
