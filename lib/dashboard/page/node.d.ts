// The page takes its types from the server's answer schemas. Those reach files that import Node's modules; the page never loads them.
declare module 'node:*';
