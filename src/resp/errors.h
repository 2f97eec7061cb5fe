#ifndef KINDRED_RESP_ERRORS_H_
#define KINDRED_RESP_ERRORS_H_

// Every error text that a client can get, in one place: Redis 7.2's to the letter, because client
// libraries match on them, and Kindred's own. Each begins with its code word and is what
// ReplyWriter::Error takes. Texts that quote what a client sent stop at its first zero byte, as C
// strings do; line ends in them become spaces when they are written.
//
// Constants and pure functions, any thread.

#include <span>
#include <string>
#include <string_view>

namespace kindred {

// Arguments and values.
inline constexpr std::string_view kWrongType =
    "WRONGTYPE Operation against a key holding the wrong kind of value";
inline constexpr std::string_view kSyntax = "ERR syntax error";
inline constexpr std::string_view kNotInteger = "ERR value is not an integer or out of range";
inline constexpr std::string_view kNotFloat = "ERR value is not a valid float";
inline constexpr std::string_view kOverflow = "ERR increment or decrement would overflow";
// DECRBY by the least integer there is, which has no negative.
inline constexpr std::string_view kDecrementOverflow = "ERR decrement would overflow";
inline constexpr std::string_view kNanOrInfinity = "ERR increment would produce NaN or Infinity";
inline constexpr std::string_view kNoSuchKey = "ERR no such key";
inline constexpr std::string_view kOffsetRange = "ERR offset is out of range";
inline constexpr std::string_view kStringTooLong =
    "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
inline constexpr std::string_view kInvalidCursor = "ERR invalid cursor";
inline constexpr std::string_view kNotInt32 =
    "ERR value is out of range, value must between -2147483648 and 2147483647";

// Bits.
inline constexpr std::string_view kBitOffset = "ERR bit offset is not an integer or out of range";
inline constexpr std::string_view kBitValue = "ERR bit is not an integer or out of range";
inline constexpr std::string_view kBitToFind = "ERR The bit argument must be 1 or 0.";
inline constexpr std::string_view kBitfieldType =
    "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 "
    "is.";
inline constexpr std::string_view kBitfieldOverflow = "ERR Invalid OVERFLOW type specified";
inline constexpr std::string_view kBitfieldReadonly =
    "ERR BITFIELD_RO only supports the GET subcommand";
inline constexpr std::string_view kBitopNot =
    "ERR BITOP NOT must be called with a single source key.";

// LCS.
inline constexpr std::string_view kLcsWrongType =
    "ERR The specified keys must contain string values";
inline constexpr std::string_view kLcsLenAndIdx =
    "ERR If you want both the length and indexes, please just use IDX.";
inline constexpr std::string_view kLcsMemory =
    "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len";

// OBJECT, COPY, DUMP and RESTORE.
inline constexpr std::string_view kNoLfu =
    "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that "
    "when switching between policies at runtime LRU and LFU data will take some time to adjust.";
inline constexpr std::string_view kSameObject = "ERR source and destination objects are the same";
inline constexpr std::string_view kCopyDbInCluster =
    "ERR Copying to another database is not allowed in cluster mode";
inline constexpr std::string_view kBusyKey = "BUSYKEY Target key name already exists.";
inline constexpr std::string_view kInvalidTtl = "ERR Invalid TTL value, must be >= 0";
inline constexpr std::string_view kInvalidIdletime = "ERR Invalid IDLETIME value, must be >= 0";
inline constexpr std::string_view kInvalidFreq = "ERR Invalid FREQ value, must be >= 0 and <= 255";
inline constexpr std::string_view kDumpChecksum = "ERR DUMP payload version or checksum are wrong";
inline constexpr std::string_view kDumpFormat = "ERR Bad data format";

// EXPIRE and its like.
inline constexpr std::string_view kGtLtNx =
    "ERR GT and LT options at the same time are not compatible";
inline constexpr std::string_view kNxAndOthers =
    "ERR NX and XX, GT or LT options at the same time are not compatible";
std::string UnsupportedOption(std::string_view option);
// `command` is in lower case, here and below: "set".
std::string InvalidExpire(std::string_view command);

// Databases. What is not a number is refused as any other such argument since Redis 6.2.
inline constexpr std::string_view kDbIndexOutOfRange = "ERR DB index is out of range";
inline constexpr std::string_view kInvalidDbIndex = kNotInteger;

// Which command. A subcommand's name is "client|setname" where its arity is wrong.
std::string WrongArity(std::string_view command);
// `args` begins with the name as the client wrote it. The name and the list of the arguments are
// both cut at about 128 bytes.
// REQUIRES: args is not empty.
std::string UnknownCommand(std::span<const std::string_view> args);
// `command` in any case.
std::string UnknownSubcommand(std::string_view subcommand, std::string_view command);

// COMMAND GETKEYS, about the command that it is asked about.
inline constexpr std::string_view kGetKeysUnknown = "ERR Invalid command specified";
inline constexpr std::string_view kGetKeysNoKeys = "ERR The command has no key arguments";
inline constexpr std::string_view kGetKeysArity =
    "ERR Invalid number of arguments specified for command";
inline constexpr std::string_view kGetKeysArguments = "ERR Invalid arguments specified for command";

// Connections.
inline constexpr std::string_view kNoProto = "NOPROTO unsupported protocol version";
inline constexpr std::string_view kProtocolVersionNotInteger =
    "ERR Protocol version is not an integer or out of range";
inline constexpr std::string_view kNoAuth = "NOAUTH Authentication required.";
inline constexpr std::string_view kNoAuthHello =
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "
    "<proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP "
    "protocol version at the same time";
inline constexpr std::string_view kWrongPass =
    "WRONGPASS invalid username-password pair or user is disabled.";
inline constexpr std::string_view kNoPasswordSet =
    "ERR AUTH <password> called without any password configured for the default user. Are you "
    "sure your configuration is correct?";
inline constexpr std::string_view kInvalidClientName =
    "ERR Client names cannot contain spaces, newlines or special characters.";
std::string HelloOption(std::string_view option);
// CLIENT SETINFO with an attribute that it does not know, and with a value that it does not take.
std::string UnrecognizedOption(std::string_view option);
std::string InvalidClientAttribute(std::string_view option);
// `protocol_error` is CommandParser::error().
std::string ProtocolError(std::string_view protocol_error);

// The cluster face, and what comes in several keys or commands.
inline constexpr std::string_view kClusterDisabled =
    "ERR This instance has cluster support disabled";
inline constexpr std::string_view kCrossSlot =
    "CROSSSLOT Keys in request don't hash to the same slot";
inline constexpr std::string_view kExecAbort =
    "EXECABORT Transaction discarded because of previous errors.";

// The disk stands still, or refuses what it is given.
inline constexpr std::string_view kDiskLate =
    "NOQUORUM the disk has not answered in time; the write may still take effect";

// Kindred's own: `got` of the `need` replicas that had to answer did so in time.
// Nothing was or will be done: the request may be repeated.
std::string NoQuorumRefused(int got, int need);
// A write whose outcome is not known: it may show later, or never.
std::string NoQuorumUnknown(int got, int need);
std::string NoQuorumRead(int got, int need);

}  // namespace kindred

#endif  // KINDRED_RESP_ERRORS_H_
