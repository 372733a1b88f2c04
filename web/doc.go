// Package web answers over HTTP: health, files by signed links, and below /v1
// what its rooms answer.
package web
