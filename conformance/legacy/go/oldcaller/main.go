// A caller of v0.1.0 plugins on the reference's client: takes calls as JSON lines, answers each with a JSON line.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"os"

	"github.com/containerd/nri"
	v1 "github.com/containerd/nri/types/v1"
	oci "github.com/opencontainers/runtime-spec/specs-go"
)

// call is what one line asks for; without a sandbox it is a container without a pod.
type call struct {
	Id      string       `json:"id"`
	Process uint32       `json:"pid"`
	OCI     *oci.Spec    `json:"spec"`
	State   v1.State     `json:"state"`
	Sandbox *nri.Sandbox `json:"sandbox"`
}

func (c *call) ID() string                              { return c.Id }
func (c *call) Pid() uint32                             { return c.Process }
func (c *call) Spec(context.Context) (*oci.Spec, error) { return c.OCI, nil }

// answer has an error or results.
type answer struct {
	Plugins []string     `json:"plugins"`
	Results []*v1.Result `json:"results"`
	Error   *string      `json:"error"`
}

func (a *answer) failed(err error) {
	if err != nil {
		text := err.Error()
		a.Error = &text
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var c call
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			panic(err)
		}
		var a answer
		client, err := nri.New()
		a.failed(err)
		if err == nil {
			a.Plugins = client.Plugins()
			a.Results, err = client.InvokeWithSandbox(context.Background(), &c, c.State, c.Sandbox)
			a.failed(err)
		}
		if err := out.Encode(a); err != nil {
			panic(err)
		}
	}
}
