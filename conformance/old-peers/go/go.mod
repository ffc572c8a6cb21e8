// The releases are in versions/, one file each: go build -modfile=versions/v0.2.0.mod. Each has its own NRI and ttRPC; what else
// they need is the same version in all of them, so that it is built once.
module nri-old-peers

go 1.25.0
