import { Body, Controller, Delete, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { z } from 'zod';
import { BlueGreenError } from '../domain/errors.js';
import { AccessKeys } from '../http/keys/access-keys.js';
import type { Caller } from '../domain/access-key.js';
import { parsed } from '../http/control/parse.js';
import { GatewayErrorFilter } from '../http/gateway-error.filter.js';
import { KeyRates } from '../http/keys/key-rates.js';
import { callerWithKey, InsufficientScopeError, InvalidKeyError } from '../http/keys/key-gate.js';
import { TooManyRequestsError } from '../http/keys/too-many-requests.js';
import { takeOver, type HttpReply } from '../http/server-response.js';
import { isSealable, refuseOtherSites, Sessions } from '../http/keys/sessions.js';
import type { HttpRequest } from '../routing/routing.options.js';
import { isAssetName, readAssets } from './assets.js';
import { PAGE_HEADERS, pageHtml } from './page-html.js';

type PageRequest = HttpRequest & { readonly url: string; readonly originalUrl?: string; readonly ip?: string };

const login = z.strictObject({ key: z.string().refine(isSealable, { error: 'is not a key' }) });
/** Read by a person at the form. */
const WRONG_KEY = ['This is not an access key of this app.', 'Check that you have copied all of it.'] satisfies [
  string,
  string,
];
/** Per address. */
const LOGINS = { requests: 10, per: 60_000 };

/** The page, its files, login and logout. The page itself contains no data of the app: that takes a session. */
@Controller()
@UseFilters(GatewayErrorFilter)
export class DashboardController {
  readonly #assets = readAssets();

  constructor(
    private readonly keys: AccessKeys,
    private readonly sessions: Sessions,
    private readonly rates: KeyRates,
  ) {}

  @Get()
  page(@Req() request: PageRequest, @Res() reply: HttpReply): void {
    const [pathname = '/'] = (request.originalUrl ?? request.url).split('?');
    takeOver(reply).writeHead(200, PAGE_HEADERS).end(pageHtml(pathname, this.#assets));
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Res() reply: HttpReply): void {
    if (!isAssetName(name)) throw new BlueGreenError('not_found', 'There is no such file.', 'Reload the page.', 404);
    const { type, body } = this.#assets[name];
    takeOver(reply)
      .writeHead(200, {
        'content-type': type,
        'content-length': body.length,
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      })
      .end(body);
  }

  /** The caller who is logged in, with scopes. @throws {InvalidKeyError} */
  @Get('session')
  async session(@Req() request: PageRequest) {
    return onWire(await this.#callerBehind(await this.sessions.keyOf(request), request.ip));
  }

  /** @throws {InvalidKeyError} {@link InsufficientScopeError} {@link TooManyRequestsError} {@link CrossSiteError} */
  @Post('session')
  async begin(@Body() body: unknown, @Req() request: PageRequest, @Res() reply: HttpReply): Promise<void> {
    refuseOtherSites(request.headers);
    const visitor: Caller = {
      name: `login from ${request.ip ?? '?'}`,
      scopes: [],
      environments: [],
      rateLimit: LOGINS,
    };
    const wait = this.rates.take(visitor, 'read');
    if (wait > 0) throw new TooManyRequestsError('Too many logins from this address.', wait);
    const { key } = parsed(login, body);
    const answer = JSON.stringify(onWire(await this.#callerBehind(key, request.ip, WRONG_KEY)));
    const headers = { 'content-type': 'application/json', 'set-cookie': this.sessions.begin(key, request) };
    takeOver(reply).writeHead(200, headers).end(answer);
  }

  /** @throws {CrossSiteError} */
  @Delete('session')
  async end(@Req() request: PageRequest, @Res() reply: HttpReply): Promise<void> {
    refuseOtherSites(request.headers);
    const ended = await this.sessions.end(request);
    takeOver(reply).writeHead(204, { 'set-cookie': ended }).end();
  }

  async #callerBehind(
    key: string | undefined,
    ip: string | undefined,
    wrong: ConstructorParameters<typeof InvalidKeyError> = [],
  ): Promise<Caller> {
    const caller = await callerWithKey(this.keys, key, ip);
    if (!caller) throw new InvalidKeyError(...wrong);
    if (!caller.scopes.includes('read')) throw new InsufficientScopeError(caller, 'read');
    return caller;
  }
}

function onWire({ name, scopes }: Caller) {
  return { name, scopes };
}
