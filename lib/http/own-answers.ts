import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { tap, type Observable } from 'rxjs';

/** The common part of Express' response and Fastify's reply. */
interface Reply {
  header(name: string, value: string): unknown;
  send(body?: unknown): unknown;
  removeHeader(name: string): unknown;
}

/**
 * Sends the handler's own answer, whatever interceptors of the app make of it: clients of our API, the dashboard and
 * the command line know its shape. Text that the handler returns goes out unchanged, anything else as JSON.
 */
@Injectable()
export class OwnAnswers implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<Reply>();
    return next.handle().pipe(tap((answer) => keep(reply, answer)));
  }
}

function keep(reply: Reply, answer: unknown): void {
  // A handler that has written to the response itself returns nothing.
  if (answer === undefined) return;
  reply.removeHeader('x-powered-by');
  const send = reply.send.bind(reply);
  reply.send = () => {
    reply.send = send;
    if (typeof answer === 'string') return send(answer);
    reply.header('content-type', 'application/json; charset=utf-8');
    return send(JSON.stringify(answer));
  };
}
