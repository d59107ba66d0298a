# Debian, not Alpine: the embedded engine needs glibc.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY . .
RUN npm ci --no-audit --no-fund \
 && npm pack --pack-destination / \
 && mv /millrace-*.tgz /millrace.tgz

FROM node:24-bookworm-slim AS install
WORKDIR /app
COPY --from=build /millrace.tgz /millrace.tgz
# the image has its own Node 24: the one that npm brings along for older machines is dead weight here
RUN echo '{"private": true}' > package.json \
 && npm install --omit=dev --no-audit --no-fund --no-package-lock /millrace.tgz \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    MILLRACE_HOST=0.0.0.0 \
    MILLRACE_DATA=/data
COPY --from=install /app /app
# made here with its owner, so that a new volume has it too
RUN install -d -o node -g node -m 700 /data
USER node
WORKDIR /data
VOLUME /data
EXPOSE 3000
# whether the process answers; /health/ready is 503 while the engine restarts, and events are taken all the same
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
CMD ["node", "/app/node_modules/millrace/bin/millrace.js", "serve"]
