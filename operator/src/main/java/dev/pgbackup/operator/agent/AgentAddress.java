package dev.pgbackup.operator.agent;

import java.net.URI;

/** Where an agent or a restore job serves HTTP: the address of its pod. */
public record AgentAddress(String ip, int port) {

  URI at(String path) {
    String host = ip.contains(":") ? "[" + ip + "]" : ip;
    return URI.create("http://" + host + ":" + port + path);
  }
}
