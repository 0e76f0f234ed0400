return function(resource) return resource end
