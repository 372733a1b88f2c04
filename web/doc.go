// Package web answers over HTTP: health, what is known of recordings, what
// changed, and files by signed links.
package web
