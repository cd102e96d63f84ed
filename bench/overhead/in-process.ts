import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { BlueGreenModule, LlmRouterService } from 'nestjs-blue-green';
import OpenAI from 'openai';
import { Pool } from 'undici';
import { ALIAS, everything } from './ours.js';
import { MESSAGES } from './request.js';

export type Caller = () => Promise<unknown>;

/** Three ways to ask from inside an app, and a function that ends them. */
export async function inProcess(upstream: number): Promise<{ callers: Record<string, Caller>; stop: () => unknown }> {
  @Module({ imports: [ScheduleModule.forRoot(), BlueGreenModule.forRoot(everything(upstream))] })
  class AppModule {}

  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const router = app.get(LlmRouterService);
  const pool = new Pool(`http://127.0.0.1:${upstream}`);
  const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-upstream' };
  const openai = new OpenAI({ baseURL: `http://127.0.0.1:${upstream}/v1`, apiKey: 'sk-upstream' });
  let n = 0;
  return {
    callers: {
      ours: () => router.complete(ALIAS, { messages: MESSAGES }, { key: `user-${n++ % 1_000}` }),
      undici: async () => {
        const body = JSON.stringify({ model: 'gpt-4o', messages: MESSAGES });
        const answer = await pool.request({ method: 'POST', path: '/v1/chat/completions', headers, body });
        return JSON.parse(await answer.body.text()) as unknown;
      },
      openai: () => openai.chat.completions.create({ model: 'gpt-4o', messages: MESSAGES }),
    },
    stop: () => Promise.all([app.close(), pool.close()]),
  };
}

/** Calls per second of this many callers, each with one call after the other. */
export async function throughput(call: Caller, callers: number, ms: number): Promise<number> {
  let calls = 0;
  const began = performance.now();
  const until = began + ms;
  const run = async (): Promise<void> => {
    for (; performance.now() < until; calls++) await call();
  };
  await Promise.all(Array.from({ length: callers }, run));
  return (calls / (performance.now() - began)) * 1_000;
}
