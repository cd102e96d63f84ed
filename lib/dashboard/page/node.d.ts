// The page takes its types from the server's answer schemas. Those reach files that import Node's modules; the page loads
// none of them.
declare module 'node:*';
