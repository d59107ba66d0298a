/** A target as the driver takes it. Everything is given, so that the driver never looks into the environment for the rest. */
import { readFileSync } from 'node:fs';
import { type ConnectionOptions, rootCertificates } from 'node:tls';
import type { ClientConfig } from 'pg';
import { invalidSetting } from '../settings.ts';
import type { PostgresTarget, TlsTarget } from './postgres-target.ts';

/** Whether a peer is still there is asked after this long without a word from it. */
const keepAliveMs = 10_000;

/** Errors: setting_invalid, for a certificate that cannot be read. */
export function clientOptions(target: PostgresTarget): ClientConfig {
  return {
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    // a function, since the driver takes an empty text for none and looks elsewhere
    password: target.password ?? (() => ''),
    ssl: target.tls === undefined ? false : tlsOptions(target.tls, target.settings.tls),
    application_name: 'millrace',
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    ...(target.options === undefined ? {} : { options: target.options }),
  };
}

export function tlsOptions(tls: TlsTarget, setting: string): ConnectionOptions {
  const { mode, rootCertificate, certificate, key } = tls;
  const authority = rootCertificate === 'system' ? [...rootCertificates] : read(rootCertificate, setting);
  return {
    rejectUnauthorized: mode !== 'require',
    // verify-ca trusts the authority whatever name its certificate bears
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    ...defined({ ca: authority, cert: read(certificate, setting), key: read(key, setting) }),
  };
}

function read(file: string | undefined, setting: string): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw invalidSetting(
      setting,
      'must name certificates that can be read',
      String((cause as Error).message),
    );
  }
}

function defined<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
