// The releases are in versions/, one file each: go build -modfile=versions/v0.2.0.mod
module nri-old-peers

go 1.25.0
