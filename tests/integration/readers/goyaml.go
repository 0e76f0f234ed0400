// SPDX-License-Identifier: Apache-2.0

// Reads YAML documents from stdin with go-yaml v3 (as kustomize does) and prints them as one JSON array.
package main

import (
	"encoding/json"
	"io"
	"log"
	"os"

	"gopkg.in/yaml.v3"
)

func main() {
	documents := []interface{}{}
	decoder := yaml.NewDecoder(os.Stdin)
	for {
		var document interface{}
		err := decoder.Decode(&document)
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		documents = append(documents, document)
	}
	if err := json.NewEncoder(os.Stdout).Encode(documents); err != nil {
		log.Fatal(err)
	}
}
