// Package api is what schedulers, editors and programs call: resources below
// /v1, described by OpenAPI 3.1 at /v1/openapi.json. Handlers decode, call one
// thing, and answer; errors are problems (RFC 9457) that say what to do.
package api
