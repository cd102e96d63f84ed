import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { tap, type Observable } from 'rxjs';

/** What Express' response and Fastify's reply share. */
interface Reply {
  header(name: string, value: string): unknown;
  send(body?: unknown): unknown;
  removeHeader(name: string): unknown;
}

/**
 * Sends the handler's own answer, whatever interceptors of the app make of it: clients of our API, the dashboard and
 * the command line know its shape. What the handler returns as text goes out as it is, anything else as JSON.
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
