import { ConfigurableModuleBuilder, Controller, VERSION_NEUTRAL, type DynamicModule, type Type } from '@nestjs/common';
import { BlueGreenHealthController } from './health/health.controller.js';
import { CONTROL_CONTROLLERS } from './http/control/controllers.js';
import { GatewayController } from './http/gateway.controller.js';
import type { MountedController } from './http/openapi/endpoints.js';
import { show } from './validation/problems.js';
import { OptionsError } from './validation/validation-error.js';
import type { BlueGreenOptions } from './options/blue-green-options.js';
import { KEYS_NEEDED, MOUNTED } from './tokens.js';

/** Where a controller of ours is mounted: `true` at its usual place, else below `path`. */
export type Mount = boolean | { readonly path: string };

/** What shapes the module itself. Given beside the options, also with `forRootAsync`. */
export interface BlueGreenExtras {
  /** Make the providers available everywhere. Default `false`. */
  isGlobal?: boolean;
  /** `POST v1/chat/completions`, `v1/responses`, `v1/embeddings`, `v1/messages` and `GET v1/models`. Needs `keys`. Default `false`; `true` mounts at `/`. */
  gateway?: Mount;
  /** Versions, routes, rollouts, metrics and audit over HTTP. Needs `keys`. Default `false`; `true` mounts at `/v1`, beside the gateway. */
  controlApi?: Mount;
  /** `GET /health`, `/health/ready`, `/health/live`. Default `false`; `true` mounts at `/health`. */
  healthController?: Mount;
}

const EXTRAS: BlueGreenExtras = { isGlobal: false, gateway: false, controlApi: false, healthController: false };

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: BLUE_GREEN_OPTIONS } =
  new ConfigurableModuleBuilder<BlueGreenOptions>({ moduleName: 'BlueGreen' })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createBlueGreenOptions')
    .setExtras(EXTRAS, shape)
    .build();

function shape(
  definition: DynamicModule,
  { isGlobal, gateway, controlApi, healthController }: BlueGreenExtras,
): DynamicModule {
  // In front of the gateway, whose `v1/models/:alias` would take `v1/models/versions` for an alias.
  const behindKeys = [
    ...placed(CONTROL_CONTROLLERS, at('controlApi', controlApi, 'v1')),
    ...placed([GatewayController], at('gateway', gateway, '/')),
  ];
  const health = placed([BlueGreenHealthController], at('healthController', healthController, 'health'));
  return {
    ...definition,
    global: isGlobal ?? false,
    controllers: [...behindKeys, ...health].map(mounted),
    providers: [
      ...(definition.providers ?? []),
      { provide: MOUNTED, useValue: behindKeys },
      { provide: KEYS_NEEDED, useValue: gateway ? 'gateway' : controlApi ? 'control API' : undefined },
    ],
  };
}

/**
 * Where to mount, if at all.
 *
 * @throws {OptionsError} when it is none: undefined paths would end up at the root.
 */
function at(option: string, mount: Mount | undefined, usual: string): string | undefined {
  if (mount === undefined || mount === false) return undefined;
  if (mount === true) return usual;
  if (typeof mount === 'object' && typeof mount?.path === 'string') return mount.path;
  const remedy = `Use true, false or { path: 'ai' }.`;
  throw new OptionsError([{ path: option, value: show([option], mount), message: 'is not a place to mount', remedy }]);
}

function placed(controllers: readonly Type[], path: string | undefined): MountedController[] {
  return path === undefined ? [] : controllers.map((controller) => ({ controller, path }));
}

/** The controller at the path of the user's choice: a subclass, since a path belongs to a class. */
function mounted({ controller, path }: MountedController): Type {
  const Mounted = { [controller.name]: class extends controller {} }[controller.name]!;
  // An app that versions its own handlers does not move ours.
  Controller({ path, version: VERSION_NEUTRAL })(Mounted);
  return Mounted;
}
