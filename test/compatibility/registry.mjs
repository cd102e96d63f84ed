import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

/** A registry that has this tarball as the newest version of its package; for everything else it names npm's. */
export async function registryWith(tarball, manifest) {
  const upstream = 'https://registry.npmjs.org';
  const server = createServer((request, response) => {
    if (request.url === `/${manifest.name}`) {
      const dist = { tarball: `http://127.0.0.1:${server.address().port}/tarball.tgz` };
      const versions = { [manifest.version]: { ...manifest, dist } };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name: manifest.name, 'dist-tags': { latest: manifest.version }, versions }));
    } else if (request.url === '/tarball.tgz') {
      response.end(readFileSync(tarball));
    } else {
      response.writeHead(302, { location: upstream + request.url }).end();
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}
