// Packs the package, installs the tarball into an empty app, and starts that app as a user would.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const root = resolve(import.meta.dirname, '../..');
const app = mkdtempSync(join(tmpdir(), 'nestjs-blue-green-'));
const npm = (cwd, ...args) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

const { peerDependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const peers = Object.keys(peerDependencies).map((name) => `${name}@${devDependencies[name]}`);

const MAIN = `
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule } from 'nestjs-blue-green';

const upstream = { baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'none' };
class AppModule {}
Module({
  imports: [
    ScheduleModule.forRoot(),
    BlueGreenModule.forRoot({
      healthController: true,
      environments: { blue: { model: 'a', weight: 100, ...upstream }, green: { model: 'b', ...upstream } },
    }),
  ],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
console.log(await app.getUrl());
`;

try {
  const [{ filename }] = JSON.parse(npm(root, 'pack', '--json', '--pack-destination', app));
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'empty-app', private: true, type: 'module' }));
  writeFileSync(join(app, 'main.js'), MAIN);
  const express = `@nestjs/platform-express@${devDependencies['@nestjs/platform-express']}`;
  npm(app, 'install', '--no-audit', '--no-fund', `./${filename}`, ...peers, express);

  const process = spawn('node', ['main.js'], { cwd: app, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [url] = await Promise.race([
      once(createInterface(process.stdout), 'line'),
      once(process, 'exit').then(([code]) =>
        Promise.reject(new Error(`the app ended with ${code} before it listened`)),
      ),
    ]);
    const { status } = await (await fetch(`${url}/health/live`)).json();
    if (status !== 'ok') throw new Error(`/health/live says ${status}`);
    console.log(`The tarball ${filename} installs into an empty app, which starts and is alive.`);
  } finally {
    process.kill();
  }
} finally {
  rmSync(app, { recursive: true, force: true });
}
