import { Body, Controller, Module, Post, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Pool } from 'undici';
import { takeOver, type HttpReply } from '../../lib/http/server-response.js';

/** The same as the floor, in a controller of Nest. */
export async function startBareNest(adapter: 'express' | 'fastify', upstream: number): Promise<number> {
  const pool = new Pool(`http://127.0.0.1:${upstream}`);

  @Controller()
  class RelayController {
    @Post('v1/chat/completions')
    async relay(@Body() body: Record<string, unknown>, @Res() reply: HttpReply): Promise<void> {
      const headers = { 'content-type': 'application/json' };
      const text = JSON.stringify({ ...body, model: 'gpt-4o' });
      const answer = await pool.request({ method: 'POST', path: '/v1/chat/completions', headers, body: text });
      const names = ['content-type', 'content-length'].filter((name) => answer.headers[name] !== undefined);
      const response = takeOver(reply);
      response.writeHead(answer.statusCode, Object.fromEntries(names.map((name) => [name, answer.headers[name]])));
      answer.body.pipe(response);
    }
  }

  @Module({ controllers: [RelayController] })
  class RelayModule {}

  const app =
    adapter === 'fastify'
      ? await NestFactory.create(RelayModule, new FastifyAdapter(), { logger: false })
      : await NestFactory.create(RelayModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  return Number(new URL(await app.getUrl()).port);
}
