import {
  Controller,
  Get,
  Injectable,
  UseGuards,
  type ExecutionContext,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Assigned, Route, TrafficSplitGuard, type Assignment } from 'nestjs-blue-green';
import supertest from 'supertest';
import { ADAPTERS, blueGreen } from './support/app.js';
import { blueAndGreen } from './support/environments.js';
import { Stage, urlOf } from './support/stage.js';

@Controller()
@UseGuards(TrafficSplitGuard)
class UnnamedController {
  @Get('unnamed')
  unnamed(@Assigned() { route }: Assignment): string {
    return route;
  }

  @Get('unknown')
  @Route('no-such-route')
  unknown(): string {
    return 'never';
  }
}

@Controller()
@UseGuards(TrafficSplitGuard)
@Route('chat')
class NamedController {
  @Get('of-the-class')
  ofTheClass(@Assigned() { route }: Assignment): string {
    return route;
  }

  @Get('of-the-handler')
  @Route('search')
  ofTheHandler(@Assigned() { route }: Assignment): string {
    return route;
  }
}

@Controller()
class UnguardedController {
  @Get('unguarded')
  unguarded(@Assigned() assignment: Assignment | undefined): string {
    return assignment === undefined ? 'undefined' : 'assigned';
  }
}

/** The route from the tenant's header; the caller is told nothing but the version, and errors are tea. */
@Injectable()
class TenantGuard extends TrafficSplitGuard {
  protected override routeOf(context: ExecutionContext): string | undefined {
    return context.switchToHttp().getRequest<{ headers: Record<string, string> }>().headers['x-tenant'];
  }

  protected override tell(...[response, { version }]: Parameters<TrafficSplitGuard['tell']>): void {
    response.header('X-Served-By', version.tag);
  }

  protected override toHttpException(error: unknown): unknown {
    return Object.assign(super.toHttpException(error) as object, { getStatus: () => 418 });
  }
}

@Controller()
class TenantController {
  @Get('tenant')
  @UseGuards(TenantGuard)
  @Route('search')
  tenant(@Assigned() { route }: Assignment): string {
    return route;
  }
}

const get = (app: INestApplication, path: string) => supertest(urlOf(app)).get(path);

describe.each(ADAPTERS)('which route a handler is for, on %s', (adapter) => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });
  afterEach(() => stage.close());

  const start = (controllers: Type[], ...aliases: string[]): Promise<INestApplication> => {
    const environments = blueAndGreen(stage.provider);
    const routes = Object.fromEntries(aliases.map((alias) => [alias, { environments }]));
    return stage.app({ adapter, module: blueGreen({ routes }), controllers });
  };

  test('a handler that names none is for the only one there is', async () => {
    await get(await start([UnnamedController], 'chat'), '/unnamed').expect(200, 'chat');
  });

  test('a handler that names none of several is a mistake of the app: 500 with the remedy', async () => {
    const { body } = await get(await start([UnnamedController], 'chat', 'search'), '/unnamed').expect(500);
    expect(body).toMatchObject({ code: 'route_not_named' });
    expect((body as { message: string }).message).toContain('chat, search');
    expect((body as { remedy: string }).remedy).toContain('@Route(');
  });

  test('a route that is not configured is 404', async () => {
    const { body } = await get(await start([UnnamedController], 'chat'), '/unknown').expect(404);
    expect(body).toMatchObject({ code: 'unknown_route' });
  });

  test("@Route on the class holds for its handlers, the handler's own wins", async () => {
    const app = await start([NamedController], 'chat', 'search');
    await get(app, '/of-the-class').expect(200, 'chat');
    await get(app, '/of-the-handler').expect(200, 'search');
  });

  test('@Assigned() is undefined where the guard did not run', async () => {
    await get(await start([UnguardedController], 'chat'), '/unguarded').expect(200, 'undefined');
  });

  test('a subclass of the guard overrides where the route comes from and what the caller is told', async () => {
    const app = await start([TenantController], 'chat', 'search');
    const { headers } = await get(app, '/tenant').set('X-Tenant', 'chat').expect(200, 'chat');
    expect(headers['x-served-by']).toBe('v1');
    expect(headers).not.toHaveProperty('x-deployment-env');
    await get(app, '/tenant').set('X-Tenant', 'nobody').expect(418);
  });
});
